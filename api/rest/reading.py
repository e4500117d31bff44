"""What reads have in common: the permission, the wait for a position, the mark of a stale answer."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from api.authentication import Caller, CallerDep
from api.platform import Platform
from commands.execute import PermissionMissing
from domain.errors import NotFound
from projections.projector import Projector
from tenancy.context import TenantContext
from tenancy.roles import Permission

STALE_HEADER = "X-Colophon-Stale"

POSITION_MAX = 2**62
"""No log gets there, and the database's integers hold it."""

AtLeast = Annotated[
    int | None,
    Query(
        ge=0, le=POSITION_MAX, description="Wait (at most 2 s) until the answer includes this position of a receipt."
    ),
]
T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=100)]


class NeedsPermission:
    """A dependency: the caller, who must hold the permission."""

    def __init__(self, permission: Permission) -> None:
        self._permission = permission

    def __call__(self, caller: CallerDep) -> Caller:
        if self._permission not in caller.context.permissions:
            raise PermissionMissing(self._permission)
        return caller


Reader = Annotated[Caller, Depends(NeedsPermission(Permission.DOCUMENT_READ))]


async def wait_until(
    platform: Platform, caller: Caller, projector: Projector, at_least: int | None, response: Response
) -> None:
    """Wait for the projection; an answer that does not include the position says so in a header."""
    if not await platform.freshness.reached(projector, caller.context, at_least):
        response.headers[STALE_HEADER] = "true"


async def found(
    platform: Platform, context: TenantContext, projector: Projector, read: Callable[[AsyncConnection], Awaitable[T]]
) -> T:
    """Read one thing; what is missing is looked for again once the projection has taken all that is written."""
    try:
        async with platform.reads.as_app(context) as connection:
            return await read(connection)
    except NotFound:
        await platform.caught_up(projector, context)
        async with platform.reads.as_app(context) as connection:
            return await read(connection)
