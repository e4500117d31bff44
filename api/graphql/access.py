"""The caller of an operation, asked about again while the operation lasts."""

import asyncio
from collections.abc import Awaitable, Callable

from api.authentication import Caller
from commands.execute import PermissionMissing
from tenancy.context import TenantContext
from tenancy.credentials import Unauthenticated
from tenancy.roles import Permission

CREDENTIAL_AGE_SECONDS_MAX = 1.0


class Access:
    """What the caller may do; on a long connection the credential is looked up again every second."""

    def __init__(
        self,
        caller: Caller,
        identify_again: Callable[[], Awaitable[Caller]],
        *,
        age_seconds_max: float = CREDENTIAL_AGE_SECONDS_MAX,
    ) -> None:
        self._caller = caller
        self._age_seconds_max = age_seconds_max
        self._identify_again = identify_again
        self._checked_at = asyncio.get_running_loop().time()
        self._checking = asyncio.Lock()
        self.lost: Unauthenticated | PermissionMissing | None = None
        """Why the caller may no longer do what it could when it came; whoever serves the connection then ends it."""

    @property
    def context(self) -> TenantContext:
        """What was known at the last check."""
        return self._caller.context

    async def renewed(self) -> TenantContext:
        """Return what the caller may do, known for at most a second; raise Unauthenticated when nothing any more."""
        async with self._checking:
            now = asyncio.get_running_loop().time()
            if now - self._checked_at >= self._age_seconds_max:
                try:
                    self._caller = await self._identify_again()
                except Unauthenticated as error:
                    self.lost = error
                    raise
                self._checked_at = now
        return self._caller.context

    async def still(self, permission: Permission) -> TenantContext:
        """Return the renewed context; raise PermissionMissing when the permission has been taken away."""
        context = await self.renewed()
        if permission not in context.permissions:
            self.lost = PermissionMissing(permission)
            raise self.lost
        return context
