"""What AI costs and may cost, and which models there are: put together for every surface."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID

from api.platform import Platform
from commands.directory.members import require_member
from commands.execute import PermissionMissing
from domain.errors import Invalid
from domain.ids import MemberId
from gateway.breaker import BreakerState
from gateway.budget import SETTING_OF, BudgetScope, Standing, binding, lines_of
from gateway.providers import local
from gateway.refusals import UnknownModel
from projections import ai_usage
from projections.ai_usage import Dimension, Usage
from tenancy.context import TenantContext
from tenancy.roles import Permission

DIMENSIONS_MAX = 3


class UsageRefused(Invalid):
    """A report has one to three dimensions; its period begins before it ends, both with an offset from UTC."""

    code: ClassVar = "usage.refused"

    def __init__(self) -> None:
        super().__init__(
            f"Group by one to {DIMENSIONS_MAX} dimensions, from an earlier to a later time, "
            "both with an offset from UTC as in 2026-11-01T00:00:00Z."
        )

    def facts(self) -> dict[str, object]:
        return {"dimensions_max": DIMENSIONS_MAX}


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
    """A model that the tenant's routes name; disabled is one that this installation has no key or no price for."""

    name: str
    state: Literal["healthy", "open", "disabled"]
    offline: bool
    what_it_is: str
    last_error_at: datetime | None
    p95_latency_milliseconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    since: datetime
    until: datetime
    as_of: datetime
    usage: Usage


async def usage_report(
    platform: Platform,
    context: TenantContext,
    since: datetime | None,
    until: datetime | None,
    group_by: Sequence[Dimension],
) -> UsageReport:
    """Return what was used; by default in this month so far. Raises UsageRefused."""
    now, group_by = platform.now(), list(dict.fromkeys(group_by))
    since = since or now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    until = until or now
    dated = since.tzinfo is not None and until.tzinfo is not None and since <= until
    if not dated or not 1 <= len(group_by) <= DIMENSIONS_MAX:
        raise UsageRefused
    async with platform.reads.as_app(context) as connection:
        found = await ai_usage.usage(connection, context, since=since, until=until, group_by=group_by)
    return UsageReport(since=since, until=until, as_of=now, usage=found)


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
    if member_id is not None:
        context = replace(context, member_id=MemberId(member_id))
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


async def provider_cards(platform: Platform, context: TenantContext) -> list[ProviderCard]:
    """Return the models of the tenant's routes, and the one that is always there."""
    policy, now = await platform.policies.of(context), platform.now()
    names = (*policy.names("ai.route.small"), *policy.names("ai.route.large"), f"{local.PROVIDER}/{local.MODEL}")
    async with platform.reads.as_app(context) as connection:
        measured = await ai_usage.latencies(connection, context, now=now)
    cards = []
    for name in dict.fromkeys(names):
        provider, _, model = name.partition("/")
        cards.append(_provider_card(platform, name, now, measured.get((provider, model))))
    return cards


def _provider_card(platform: Platform, name: str, now: datetime, p95_milliseconds: int | None) -> ProviderCard:
    try:
        provider = platform.router.candidate(name).provider
    except UnknownModel:
        return ProviderCard(
            name=name,
            state="disabled",
            offline=False,
            what_it_is="This installation has no key or no price for it.",
            last_error_at=None,
            p95_latency_milliseconds=p95_milliseconds,
        )
    failed = platform.breaker.seconds_since_failure(name)
    return ProviderCard(
        name=name,
        state="healthy" if platform.breaker.state(name) is BreakerState.HEALTHY else "open",
        offline=provider.offline,
        what_it_is=provider.what_it_is,
        last_error_at=None if failed is None else now - timedelta(seconds=failed),
        p95_latency_milliseconds=p95_milliseconds,
    )
