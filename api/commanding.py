"""From a request to a command's context."""

import re
from typing import Annotated, ClassVar

from fastapi import Depends, Header

from api.authentication import CallerDep, PlatformDep
from api.platform import Platform
from commands.event_log import CommandContext
from domain.errors import Invalid
from tenancy.context import TenantContext

IDEMPOTENCY_KEY_CHARACTERS_MAX = 255
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_ETAG = re.compile(r'(?:W/)?"(\d{1,18})"')


class IdempotencyKeyRefused(Invalid):
    """An Idempotency-Key is 1 to 255 visible ASCII characters."""

    code: ClassVar = "idempotency.key_refused"

    def __init__(self) -> None:
        super().__init__("An Idempotency-Key is 1 to 255 visible ASCII characters.")


class IfMatchRefused(Invalid):
    """If-Match must hold the quoted version that an ETag gave."""

    code: ClassVar = "request.if_match_refused"

    def __init__(self) -> None:
        super().__init__('If-Match takes one quoted version, as in "3".')


def command_context(
    platform: Platform, tenant: TenantContext, idempotency_key: str | None, *, is_awaited: bool = True
) -> CommandContext:
    """Return a new command's context; raise IdempotencyKeyRefused for a key of another form."""
    if idempotency_key is not None and not _KEY.fullmatch(idempotency_key):
        raise IdempotencyKeyRefused
    return CommandContext(
        tenant=tenant,
        command_id=platform.new_id(),
        now=platform.now(),
        idempotency_key=idempotency_key,
        is_awaited=is_awaited,
    )


def _for_request(
    caller: CallerDep, platform: PlatformDep, idempotency_key: Annotated[str | None, Header()] = None
) -> CommandContext:
    return command_context(platform, caller.context, idempotency_key)


def _expected_version(if_match: Annotated[str | None, Header()] = None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    quoted = _ETAG.fullmatch(if_match.strip())
    if quoted is None:
        raise IfMatchRefused
    return int(quoted.group(1))


CommandContextDep = Annotated[CommandContext, Depends(_for_request)]
ExpectedVersionDep = Annotated[int | None, Depends(_expected_version)]
