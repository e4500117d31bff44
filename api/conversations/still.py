"""Whether a viewer may still use the assistant: the credential is looked up again while a connection lasts."""

from api.authentication import Caller
from api.live.rights import Renewals
from commands.execute import PermissionMissing
from tenancy.context import TenantContext
from tenancy.credentials import context_of
from tenancy.roles import Permission


class StillAllowed:
    """Gives the viewer's rights as of the last second; raises Unauthenticated or PermissionMissing when gone."""

    def __init__(self, renewals: Renewals, caller: Caller) -> None:
        self._renewals = renewals
        self._caller = caller

    async def __call__(self) -> TenantContext:
        credential, _ = await self._renewals.renewed(self._caller.secret_digest)
        context = context_of(credential, request_id=self._caller.context.request_id)
        if Permission.AI_USE not in context.permissions:
            raise PermissionMissing(Permission.AI_USE)
        return context
