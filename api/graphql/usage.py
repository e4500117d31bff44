"""What AI has cost and what it may cost, as GraphQL shows and changes it."""

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Self
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from api import spending, usage_reports
from api.graphql.actors import ApiKey
from api.graphql.connections import After, Connection, First, connection, cursors_of, window
from api.graphql.fields import resolved
from api.graphql.ids import global_id, uuid_in
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from api.graphql.tenants import Member, Tenant, member, own_tenant
from api.spending import BudgetCard
from commands.execute import PermissionMissing
from domain.budget.decisions import threshold_of
from domain.directory.decisions import NoSuchApiKey, NoSuchMember
from gateway.budget import BudgetScope as Line
from projections import ai_usage

_MICROS = 1_000_000


@strawberry.type(description="An amount of money.")
class Money:
    amount: Decimal = strawberry.field(description="In whole units of the currency, exact to a millionth.")
    currency: str = strawberry.field(description="Its ISO 4217 code.")

    @classmethod
    def of(cls, micros: int, currency: str) -> Self:
        return cls(amount=Decimal(micros) / _MICROS, currency=currency)


@strawberry.enum(description="What calls are grouped by.")
class UsageDimension(Enum):
    DAY = strawberry.enum_value("day", description="The day in UTC on which they ended.")
    MEMBER = strawberry.enum_value("member", description="The person who asked, or whose key did.")
    API_KEY = strawberry.enum_value("api_key", description="The API key that asked.")
    DOCUMENT = strawberry.enum_value("document", description="The document they were made for.")
    MODEL = strawberry.enum_value("model", description="Provider and model.")
    PROVIDER = strawberry.enum_value("provider", description="The provider alone.")
    KIND = strawberry.enum_value("purpose", description="What the answer was for: draft, chat and so on.")
    TEMPLATE = strawberry.enum_value("template", description="The prompt template.")
    ENDPOINT = strawberry.enum_value("endpoint", description="Where they were asked for, as /v1/chat/completions.")
    TAG = strawberry.enum_value("tag", description="The value of one tag, which is to be named.")


@strawberry.type(description="One group of calls.")
class UsageRow:
    keys: JSON = strawberry.field(description="What the group has in common, by dimension; null where it has none.")
    labels: JSON = strawberry.field(description="The names of those keys that have one.")
    calls: int = strawberry.field(name="requests", description="How many calls.")
    input_tokens: float = strawberry.field(description="What they read, cached or not.")
    output_tokens: float = strawberry.field(description="What they wrote.")
    cost: Money = strawberry.field(description="What they cost.")

    @classmethod
    def of(cls, row: ai_usage.UsageRow, currency: str) -> Self:
        return cls(
            keys=JSON({str(name): None if key is None else str(key) for name, key in row.keys.items()}),
            labels=JSON({str(name): label for name, label in row.labels.items()}),
            calls=row.calls,
            input_tokens=row.input_tokens,
            output_tokens=row.output_tokens,
            cost=Money.of(row.cost_micros, currency),
        )


@strawberry.type(description="What AI has cost in a period; the total equals the ledger.")
class UsageReport:
    from_: datetime = strawberry.field(name="from", description="Where the period begins.")
    to: datetime = strawberry.field(description="Where it ends, not included.")
    group_by: list[UsageDimension] = strawberry.field(description="What the rows are grouped by.")
    total: Money = strawberry.field(description="What all calls of the period cost, of those paid in this currency.")
    per_tag: Money | None = strawberry.field(
        description="What a value of the tag cost on average; null unless it is grouped by a tag alone."
    )
    other_currencies: list[str] = strawberry.field(description="In which other calls of the period were paid.")
    complete: bool = strawberry.field(description="False when there were too many groups to show all.")
    as_of: datetime = strawberry.field(description="When it was worked out.")
    found: strawberry.Private[usage_reports.UsageReport]

    @resolved("The groups: days in order, anything else dearest first.")
    def rows(self, info: Info, first: First = None, after: After = None) -> Connection[UsageRow]:
        cursors = cursors_of(info.context, "usage")
        wanted = window(cursors, first=first, after=after)
        start = int(wanted.after[0]) if wanted.after else 0
        numbered = list(enumerate(self.found.usage.rows, start=1))

        async def count() -> int:
            return len(numbered)

        return connection(
            numbered[start : start + wanted.size + 1],
            wanted,
            node=lambda item: UsageRow.of(item[1], self.found.currency),
            cursor=lambda item: cursors.encode(item[0]),
            count=count,
        )


@strawberry.enum(description="Whose budget.")
class BudgetScope(Enum):
    TENANT = strawberry.enum_value("tenant", description="The whole tenant's.")
    MEMBER = strawberry.enum_value("member", description="One person's.")
    KEY = strawberry.enum_value("key", description="One API key's.")


@strawberry.enum(description="How long a budget lasts.")
class BudgetPeriod(Enum):
    DAY = strawberry.enum_value("day", description="A day in UTC.")
    MONTH = strawberry.enum_value("month", description="A calendar month in UTC.")


_SCOPES = {Line.MEMBER_DAY: BudgetScope.MEMBER, Line.KEY_DAY: BudgetScope.KEY}

BudgetOwner = Annotated[Tenant | Member | ApiKey, strawberry.union("BudgetOwner", description="Whose money it is.")]


@strawberry.type(description="What AI may cost somebody in a period.")
class Budget(Node):
    scope: BudgetScope = strawberry.field(description="Whose it is.")
    period: BudgetPeriod = strawberry.field(description="How long it lasts.")
    hard_limit: Money = strawberry.field(description="No call begins that could exceed it.")
    forgiven: Money = strawberry.field(description="What of it was spent before a reset, and counts no more.")
    threshold_percent: int = strawberry.field(description="The last of 50, 80 and 100 that is reached; 0 for none.")
    spent: Money = strawberry.field(description="What the calls of the period have cost.")
    reserved: Money = strawberry.field(description="What running calls could still cost.")
    remaining: Money = strawberry.field(description="What another call could cost at most.")
    resets_at: datetime = strawberry.field(description="When the next period begins.")
    binding: bool = strawberry.field(description="Whether it is the one of its chain that is used up first.")
    set_by: str = strawberry.field(description="Where the limit comes from: default, platform, tenant or member.")
    version: int = strawberry.field(description="How often it was changed in the scope that was asked for.")
    card: strawberry.Private[BudgetCard]

    @classmethod
    def of(cls, card: BudgetCard) -> Self:
        line, standing = card.standing.line, card.standing
        return cls(
            id=global_id("Budget", f"{line.scope}/{line.owner_id}"),
            scope=_SCOPES.get(line.scope, BudgetScope.TENANT),
            period=BudgetPeriod.MONTH if line.scope is Line.TENANT_MONTH else BudgetPeriod.DAY,
            hard_limit=Money.of(line.limit_micros, line.currency),
            forgiven=Money.of(standing.forgiven_micros, line.currency),
            threshold_percent=threshold_of(standing.counted_micros, line.limit_micros),
            spent=Money.of(standing.spent_micros, line.currency),
            reserved=Money.of(standing.reserved_micros, line.currency),
            remaining=Money.of(standing.remaining_micros, line.currency),
            resets_at=line.resets_at,
            binding=card.binding,
            set_by=card.set_by,
            version=card.version,
            card=card,
        )

    @resolved("The member, the key or the tenant whose money it is.")
    async def owner(self, info: Info) -> BudgetOwner:
        line = self.card.standing.line
        if line.scope is Line.MEMBER_DAY:
            return await member(info.context, line.owner_id)
        if line.scope is Line.KEY_DAY:
            return ApiKey(id=global_id("ApiKey", line.owner_id), name=None, owner_id=None)
        return await own_tenant(info.context)

    @resolved("Every budget that the same calls draw on, the one that is used up first before the others.")
    async def binding_chain(self, info: Info) -> list[Annotated["Budget", strawberry.lazy("api.graphql.usage")]]:
        line = self.card.standing.line
        cards = await _chain_of(info.context, line.scope, line.owner_id)
        return [Budget.of(card) for card in sorted(cards, key=lambda card: card.standing.remaining_micros)]


async def budget_node(operation: Operation, key: str) -> Node | None:
    """Return the budget of a global id, to whom may see it."""
    scope, _, owner = key.partition("/")
    try:
        cards = await _chain_of(operation, scope, uuid_in(owner))
    except (PermissionMissing, NoSuchMember, NoSuchApiKey):
        return None
    found = [card for card in cards if f"{card.standing.line.scope}/{card.standing.line.owner_id}" == key]
    return Budget.of(found[0]) if found else None


async def _chain_of(operation: Operation, scope: str, owner_id: UUID | None) -> list[BudgetCard]:
    """Return the chain that a member's or a key's line stands in; the caller's own for what is the tenant's."""
    member_id = owner_id if scope == Line.MEMBER_DAY else None
    key_id = owner_id if scope == Line.KEY_DAY else None
    return await spending.budget_cards(operation.platform, operation.tenant, member_id, key_id)
