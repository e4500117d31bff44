"""What AI costs and may cost, and which models there are: put together for every surface."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID

from api.platform import Platform
from commands.ai.reset_budget import ResetBudget
from commands.directory.members import require_member
from commands.event_log import CommandContext, Receipt
from commands.execute import PermissionMissing, require
from domain.actor import Actor, ActorKind
from domain.errors import Invalid
from domain.ids import MemberId
from domain.settings.routes import model_of
from gateway.alerts import period_of
from gateway.breaker import BreakerState
from gateway.budget import SETTING_OF, BudgetScope, Standing, binding, lines_of
from gateway.providers import local
from gateway.providers.port import FailureKind
from gateway.refusals import NoExchangeRate, UnknownModel
from projections import ai_usage
from tenancy.context import TenantContext
from tenancy.policies import Policy
from tenancy.roles import Permission


class BudgetRefused(Invalid):
    """There is no such budget, or its limit is not an amount of dollars exact to a millionth."""

    code: ClassVar = "budget.refused"

    def __init__(self) -> None:
        super().__init__(
            "A tenant has a budget for the day and one for the month, a member one for the day, all in USD and exact "
            "to a millionth."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetCard:
    """A budget as it stands: `binding` is the one that will be used up first, `version` that of the scope asked for."""

    standing: Standing
    binding: bool
    set_by: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCard:
    """
    A model that the tenant's routes name, as this process sees it.

    Disabled is one that this installation has no key or no price for; one that is drained gets no new calls.
    """

    name: str
    state: Literal["healthy", "open", "disabled"]
    circuit: BreakerState
    drained: bool
    offline: bool
    what_it_is: str
    last_error_at: datetime | None
    last_failure: FailureKind | None
    p95_latency_milliseconds: int | None


async def budget_cards(platform: Platform, context: TenantContext, member_id: UUID | None) -> list[BudgetCard]:
    """Return the chain that binds the caller or, for whoever may read usage, another member."""
    other = member_id is not None and member_id != context.member_id
    if Permission.USAGE_READ not in context.permissions and (other or Permission.AI_USE not in context.permissions):
        raise PermissionMissing(Permission.USAGE_READ)
    if member_id is not None and other:
        await require_member(platform.log, MemberId(member_id), context)
    return await _chain(platform, context, member_id)


async def budget_card(
    platform: Platform, context: TenantContext, scope: BudgetScope, member_id: UUID | None
) -> BudgetCard:
    """Return one budget of the chain, to whoever has just set it."""
    cards = await _chain(platform, context, member_id)
    return next(card for card in cards if card.standing.line.scope is scope)


async def _chain(platform: Platform, context: TenantContext, member_id: UUID | None) -> list[BudgetCard]:
    if member_id is not None and member_id != context.member_id:
        # As this person would call without any key.
        context = replace(context, member_id=MemberId(member_id), actor=Actor(ActorKind.MEMBER, member_id))
    bindings = await platform.policies.bindings(context.tenant_id, context.member_id)
    lines = lines_of(await platform.policies.of(context), context, platform.now())
    standings = await platform.budgets.standing(context, lines)
    first = binding(standings)
    cards = []
    for standing in standings:
        set_by = bindings[SETTING_OF[standing.line.scope]].set_by
        cards.append(
            BudgetCard(
                standing=standing,
                binding=standing is first,
                set_by="default" if set_by is None else str(set_by),
                version=bindings[SETTING_OF[standing.line.scope]].own_version,
            )
        )
    return cards


async def reset_budget(
    platform: Platform, context: CommandContext, scope: BudgetScope, member_id: UUID | None, reason: str
) -> tuple[BudgetCard, Receipt]:
    """Forgive what was spent of a budget in its period so far; a member's is the caller's own unless it is said."""
    if scope is not BudgetScope.MEMBER_DAY and member_id is not None:
        raise BudgetRefused
    require(context, Permission.BUDGET_WRITE)
    if member_id is not None:
        await require_member(platform.log, MemberId(member_id), context.tenant)
    found = [card.standing for card in await _chain(platform, context.tenant, member_id)]
    standing = next((one for one in found if one.line.scope is scope), None)
    if standing is None:
        raise BudgetRefused
    command = ResetBudget(budget=period_of(standing.line), reason=reason, spent_micros=standing.spent_micros)
    receipt = await platform.executor.execute(command, context)
    return await budget_card(platform, context.tenant, scope, member_id), receipt


async def provider_cards(platform: Platform, context: TenantContext) -> list[ProviderCard]:
    """Return the models of the tenant's routes, and the one that is always there."""
    policy, now = await platform.policies.of(context), platform.now()
    names = (*policy.names("ai.route.small"), *policy.names("ai.route.large"), f"{local.PROVIDER}/{local.MODEL}")
    async with platform.reads.as_app(context) as connection:
        measured = await ai_usage.latencies(connection, context, now=now)
    cards = []
    for name in dict.fromkeys(map(model_of, names)):
        provider, _, model = name.partition("/")
        cards.append(_provider_card(platform, name, policy, now, measured.get((provider, model))))
    return cards


def _provider_card(
    platform: Platform, name: str, policy: Policy, now: datetime, p95_milliseconds: int | None
) -> ProviderCard:
    failed = platform.breaker.last_failure(name)
    card = ProviderCard(
        name=name,
        state="disabled",
        circuit=platform.breaker.state(name),
        drained=False,
        offline=False,
        what_it_is="This installation has no key or no price for it.",
        last_error_at=None if failed is None else now - timedelta(seconds=failed[1]),
        last_failure=None if failed is None else failed[0],
        p95_latency_milliseconds=p95_milliseconds,
    )
    try:
        candidate = platform.router.candidate(name, policy)
    except (UnknownModel, NoExchangeRate):
        return card
    return replace(
        card,
        state="healthy" if card.circuit is BreakerState.CLOSED else "open",
        drained=candidate.is_one_of(policy.names("ai.drained")),
        offline=candidate.provider.offline,
        what_it_is=candidate.provider.what_it_is,
    )
