"""What the bearer of an open connection may still do: the credential is looked up again while the connection lasts."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime

import structlog
from cachetools import LRUCache

from api.authentication import Caller
from api.live.closing import CloseCode, ConnectionRefused
from domain.ids import DocumentId
from tenancy.context import TenantContext
from tenancy.credentials import BEARERS, Credential, Credentials, Unauthenticated, authenticate_digest, context_of
from tenancy.document_rights import Access, DocumentRights
from tenancy.roles import Permission

CREDENTIAL_AGE_SECONDS_MAX = 0.7
LOOK_UP_SECONDS_MAX = 5.0
UNKNOWN_SECONDS_MAX = 30.0
DIGESTS_MAX = 10_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _LookUp:
    began_at: float
    answer: asyncio.Task[Credential]


class Renewals:
    """Looks credentials up for all connections of this process: each once a second, however many it has opened."""

    def __init__(self, credentials: Credentials, now: Callable[[], datetime]) -> None:
        self._credentials = credentials
        self._now = now
        self._look_ups: LRUCache[bytes, _LookUp] = LRUCache(DIGESTS_MAX)

    async def renewed(self, secret_digest: bytes) -> tuple[Credential, float]:
        """Return the credential and the time of the loop from when that is known; raise Unauthenticated."""
        now = asyncio.get_running_loop().time()
        look_up = self._look_ups.get(secret_digest)
        if look_up is None or now - look_up.began_at >= CREDENTIAL_AGE_SECONDS_MAX:
            # In a context of its own: it is not only the business of whoever asked first.
            answer = asyncio.create_task(self._look_up(secret_digest), context=Context())
            # Heard here as well, or an answer that nobody waits for any more is complained about.
            answer.add_done_callback(lambda task: task.cancelled() or task.exception())
            look_up = _LookUp(now, answer)
            self._look_ups[secret_digest] = look_up
        return await asyncio.shield(look_up.answer), look_up.began_at

    async def _look_up(self, secret_digest: bytes) -> Credential:
        async with asyncio.timeout(LOOK_UP_SECONDS_MAX):
            return await authenticate_digest(self._credentials, secret_digest, kinds=BEARERS, now=self._now())


class Rights:
    """
    The rights of one connection, less than a second old: its credential's, and what the document's sharing allows.

    The collab token that a connection may have come with is for connecting,
    and the connection outlives it for as long as the credential behind it is valid. A stock client comes back with the
    address that it has, so that closing at the token's expiry would end every session longer than the token for good.
    """

    def __init__(
        self,
        renewals: Renewals,
        secret_digest: bytes,
        context: TenantContext,
        shared: DocumentRights,
        document_id: DocumentId,
    ) -> None:
        self._renewals = renewals
        self._secret_digest = secret_digest
        self._shared = shared
        self._document_id = document_id
        self._access: Access | None = None
        self._could_write = False
        """Whether it may write as far as whoever follows has heard."""
        self._changed: Callable[[], None] = lambda: None
        self._look_now = asyncio.Event()
        self._known_at = asyncio.get_running_loop().time()
        self.context = context

    @property
    def may_write(self) -> bool:
        return Permission.DOCUMENT_WRITE in self.context.permissions and self._access is Access.WRITE

    async def look(self) -> None:
        """Learn what the document's sharing allows; raise ConnectionRefused when not even reading."""
        self._require_access(await self._shared.access(self._document_id, self.context))
        self._could_write = self.may_write

    async def watch(self, changed: Callable[[], None]) -> None:
        """Follow the credential until it is gone: raises ConnectionRefused; `changed` hears that `may_write` did."""
        self._changed = changed
        loop = asyncio.get_running_loop()
        while True:
            # Counted from the look-up: the connections of one credential then share the next one, too.
            with suppress(TimeoutError):
                async with asyncio.timeout(self._known_at + CREDENTIAL_AGE_SECONDS_MAX - loop.time()):
                    await self._look_now.wait()
            self._look_now.clear()
            await self._renew()
            self._tell()

    def look_soon(self) -> None:
        """Hear that the document may be shared otherwise."""
        self._look_now.set()

    async def present(self, caller: Caller) -> None:
        """Go on with another credential of the same member; raise ConnectionRefused for anybody else's."""
        if (caller.context.tenant_id, caller.context.member_id) != (self.context.tenant_id, self.context.member_id):
            raise ConnectionRefused(CloseCode.FORBIDDEN, "The token belongs to somebody else.")
        # At once: the end of the former credential is not the end any more.
        self._secret_digest = caller.secret_digest
        access = await self._shared.access(self._document_id, caller.context)
        self._know(caller.context, access, asyncio.get_running_loop().time())
        self._tell()

    def _tell(self) -> None:
        if self.may_write is not self._could_write:
            self._could_write = self.may_write
            self._changed()

    async def _renew(self) -> None:
        presented = self._secret_digest
        try:
            credential, known_at = await self._renewals.renewed(presented)
            context = context_of(credential, request_id=self.context.request_id)
            access = await self._shared.access(self._document_id, context)
        except Unauthenticated:
            if presented != self._secret_digest:
                return
            raise ConnectionRefused(CloseCode.UNAUTHENTICATED, "The credential is not valid any more.") from None
        except Exception as error:  # noqa: BLE001  # whatever it is, it says nothing about the credential
            log.warning("live.rights_unknown", error=type(error).__name__)
            await self._bear_not_knowing()
            return
        if presented != self._secret_digest:
            # Another credential came meanwhile, and was looked up when it came.
            return
        self._know(context, access, known_at)

    def _know(self, context: TenantContext, access: Access | None, known_at: float) -> None:
        self.context, self._known_at = context, known_at
        if Permission.DOCUMENT_READ not in context.permissions:
            raise ConnectionRefused(CloseCode.FORBIDDEN, "This needs the permission document:read.")
        self._require_access(access)

    def _require_access(self, access: Access | None) -> None:
        self._access = access
        if access is None:
            raise ConnectionRefused(CloseCode.NOT_FOUND, "There is no such document.")

    async def _bear_not_knowing(self) -> None:
        """Wait for the next try; a directory that is away for long leaves nobody connected on old rights."""
        if asyncio.get_running_loop().time() - self._known_at > UNKNOWN_SECONDS_MAX:
            raise ConnectionRefused(CloseCode.UNAVAILABLE, "Rights cannot be looked up right now.")
        await asyncio.sleep(CREDENTIAL_AGE_SECONDS_MAX)
