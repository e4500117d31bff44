"""What AI may cost, and what it has cost so far: budgets as every surface shows them."""

from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

from api.platform import Platform
from commands.ai.reset_budget import ResetBudget
from commands.directory.members import require_member
from commands.event_log import CommandContext, Receipt
from commands.execute import PermissionMissing, require
from domain.actor import Actor, ActorKind
from domain.directory.decisions import NoSuchApiKey
from domain.errors import Invalid
from domain.ids import MemberId
from gateway.alerts import period_of
from gateway.budget import SETTING_OF, BudgetScope, Standing, binding, lines_of
from projections.directory import all_api_keys
from tenancy.context import TenantContext
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


async def budget_cards(
    platform: Platform, context: TenantContext, member_id: UUID | None, key_id: UUID | None = None
) -> list[BudgetCard]:
    """
    Return the chain that binds the caller or, for whoever may read usage, another member or any API key.

    Raises NoSuchMember, NoSuchApiKey; BudgetRefused for a member and a key together.
    """
    if member_id is not None and key_id is not None:
        raise BudgetRefused
    other = member_id is not None and member_id != context.member_id
    if Permission.USAGE_READ not in context.permissions and (other or Permission.AI_USE not in context.permissions):
        raise PermissionMissing(Permission.USAGE_READ)
    if key_id is not None:
        return await _chain(platform, await _as_key(platform, context, key_id), None)
    if member_id is not None and other:
        await require_member(platform.log, MemberId(member_id), context)
    return await _chain(platform, context, member_id)


async def _as_key(platform: Platform, context: TenantContext, key_id: UUID) -> TenantContext:
    """Return whoever calls with this key; without the right to read usage there are only one's own."""
    async with platform.reads.as_app(context) as connection:
        keys = await all_api_keys(connection, context.tenant_id)
    found = next((key for key in keys if key.key_id == key_id), None)
    if found is None:
        raise NoSuchApiKey
    is_own = found.key_id == context.actor.id or (
        context.member_id is not None and found.member_id == context.member_id
    )
    if not is_own and Permission.USAGE_READ not in context.permissions:
        raise NoSuchApiKey
    return replace(context, member_id=found.member_id, actor=Actor(ActorKind.KEY, found.key_id))


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
