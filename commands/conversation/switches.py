"""Whether whoever asks may use an assistant now, as the settings say."""

from domain.conversation.decisions import AssistantSwitchedOff
from tenancy.context import TenantContext
from tenancy.policies import Policies


async def require_switched_on(policies: Policies, tenant: TenantContext) -> None:
    """Raise AssistantSwitchedOff when assistants or AI altogether are off for this member."""
    policy = await policies.of(tenant)
    if not (policy.flag("feature.assistant") and policy.flag("ai.enabled")):
        raise AssistantSwitchedOff
