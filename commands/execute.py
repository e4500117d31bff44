"""Run one command: authorise, answer a repetition, decide, append, decide again on a conflict."""

import asyncio
import hashlib
import hmac
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from commands.bodies import Bodies
from commands.body_states import DOCUMENT_STATE_BYTES_MAX, BodyStates
from commands.event_log import CommandContext, EventLog, Receipt, VersionConflict
from commands.history.nothing_left import NothingLeft
from commands.id_maps import IdMaps
from commands.turns import Turns
from domain.errors import Forbidden
from tenancy.document_rights import Access, DocumentRights
from tenancy.policies import Policies
from tenancy.roles import Permission

CONFLICT_RETRIES_MAX = 3
_FIRST_PAUSE_SECONDS = 0.005

C = TypeVar("C")


class PermissionMissing(Forbidden):
    """The role or the key's scopes of whoever asks do not include this."""

    code: ClassVar = "permission.missing"

    def __init__(self, permission: Permission) -> None:
        super().__init__(f"This needs the permission {permission}.")
        self.permission = permission

    def facts(self) -> dict[str, object]:
        return {"permission": str(self.permission)}


@dataclass(frozen=True, slots=True)
class Ports:
    """What handlers work with."""

    log: EventLog
    bodies: Bodies
    body_states: BodyStates
    policies: Policies
    rights: DocumentRights
    id_maps: IdMaps
    document_state_bytes_max: int = DOCUMENT_STATE_BYTES_MAX
    ways_back: Turns = field(default_factory=Turns)
    nothing_left: NothingLeft = field(default_factory=NothingLeft)


@dataclass(frozen=True, slots=True)
class Handled:
    """A command's row in the catalogue: who may send it, what it does, and what it needs of the document it names."""

    permission: Permission
    handle: Callable[[Any, CommandContext, Ports], Awaitable[Receipt]]
    access: Access = Access.WRITE


class Executor:
    """Every write of the platform goes through `execute`."""

    def __init__(self, catalogue: dict[type, Handled], ports: Ports, fingerprint_key: Callable[[], bytes]) -> None:
        self._catalogue = catalogue
        self._ports = ports
        self._fingerprint_key = fingerprint_key

    async def execute(self, command: object, context: CommandContext) -> Receipt:
        """
        Return the receipt of a durable write. Raises DomainError for refusals, LogUnavailable when it cannot write.

        The same command under the same idempotency key answers the first receipt and does nothing.
        """
        handled = self._catalogue[type(command)]
        require(context, handled.permission)
        if (document_id := getattr(command, "document_id", None)) is not None:
            await self._ports.rights.require(document_id, context.tenant, handled.access)
        if context.idempotency_key is not None:
            context = replace(context, fingerprint=self._fingerprint(command))
            if (earlier := await self._ports.log.receipt_of(context)) is not None:
                return earlier
        for attempt in range(CONFLICT_RETRIES_MAX):
            try:
                return await handled.handle(command, context, self._ports)
            except VersionConflict as conflict:
                if conflict.is_final or getattr(command, "expected_version", None) is not None:
                    raise  # the caller said which version it has seen; deciding again would hide what it has not
                await asyncio.sleep(_FIRST_PAUSE_SECONDS * 2**attempt * random.random())  # noqa: S311  # jitter
        return await handled.handle(command, replace(context, is_last_try=True), self._ports)

    def _fingerprint(self, command: object) -> bytes:
        """A keyed hash: it tells two commands apart and tells nobody what was in them."""
        canonical = f"{type(command).__name__}{_plain(command)!r}"
        return hmac.new(self._fingerprint_key(), canonical.encode(), hashlib.sha256).digest()


def require(context: CommandContext, permission: Permission) -> None:
    """Raise PermissionMissing unless whoever asks has the permission."""
    if permission not in context.tenant.permissions:
        raise PermissionMissing(permission)


def _plain(value: object) -> object:
    """
    Return the value as nested tuples of plain data: equal commands give equal text in every process.

    Fields that do not compare (ids made anew for every request) do not make a command another one.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return tuple((f.name, _plain(getattr(value, f.name))) for f in fields(value) if f.compare)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict):
        return tuple(sorted((str(k), _plain(v)) for k, v in value.items()))
    if isinstance(value, list | tuple):
        return tuple(map(_plain, value))
    return value
