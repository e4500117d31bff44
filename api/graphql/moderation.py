"""Findings that somebody has to judge, as GraphQL shows and changes them."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self
from uuid import UUID

import strawberry

from api import moderation
from api.graphql.actors import Actor, actor
from api.graphql.authorisation import Requires
from api.graphql.connections import After, Connection, First, connection, cursors_of, window
from api.graphql.fields import resolved
from api.graphql.ids import global_id, parts, uuid_in
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from api.graphql.tenants import Member, member
from api.moderation import NamedException, Review, Words
from domain.ai_review.decisions import NoSuchException, NoSuchReview
from domain.ai_review.events import ReviewKind
from projections.ai_review_cards import ExceptionCard, ReviewCard
from projections.ai_reviews import ReviewState
from tenancy.roles import Permission

COUNTED_PAGE_MAX = 10_001


@strawberry.enum(name="ModerationKind", description="Which check found it, and where.")
class Kind(Enum):
    INJECTION_PROMPT = strawberry.enum_value("injection.prompt", description="An order to the model, in a prompt.")
    INJECTION_SOURCES = strawberry.enum_value("injection.sources", description="An order to the model, in a passage.")
    MODERATION_PROMPT = strawberry.enum_value("moderation.prompt", description="Unwanted words in a prompt.")
    MODERATION_ANSWER = strawberry.enum_value("moderation.answer", description="Unwanted words in an answer.")


@strawberry.enum(name="ModerationState", description="Whether somebody has judged it.")
class State(Enum):
    OPEN = strawberry.enum_value("open", description="It waits.")
    NOTED = strawberry.enum_value("noted", description="It made room for newer ones; it can still be decided.")
    DECIDED = strawberry.enum_value("decided", description="Somebody has decided.")


@strawberry.enum(name="ModerationDecision", description="What somebody makes of a finding.")
class Decision(Enum):
    ALLOW = strawberry.enum_value("allow", description="The rule was right; who asked may say it all the same.")
    CONFIRM = strawberry.enum_value("confirm", description="The rule was right.")
    FALSE_ALARM = strawberry.enum_value("false_alarm", description="It was wrong: everybody may say it.")


@strawberry.type(description="What a check has found in a prompt, a passage or an answer.")
class ModerationReview(Node):
    kind: Kind = strawberry.field(description="Which check found it, and where.")
    rules: list[str] = strawberry.field(description="Which of its rules.")
    found_by: str = strawberry.field(description="`rules`, or the account whose moderation it was.")
    state: State = strawberry.field(description="Whether somebody has judged it.")
    withheld: bool = strawberry.field(description="Whether something was stopped.")
    what_happened: str = strawberry.field(description="What became of the call.")
    call_id: str = strawberry.field(description="The call in the ledger.")
    opened_at: datetime = strawberry.field(description="When it was found.")
    decision: Decision | None = strawberry.field(description="Null until somebody has decided.")
    decided_at: datetime | None = strawberry.field(description="Null until somebody has decided.")
    card: strawberry.Private[ReviewCard]

    @classmethod
    def of(cls, one: Review) -> Self:
        card = one.card
        return cls(
            id=global_id("ModerationReview", card.review_id),
            kind=Kind(card.kind.value),
            rules=list(card.rules),
            found_by=card.found_by,
            state=State(card.state.value),
            withheld=card.withheld,
            what_happened=one.what_happened,
            call_id=str(card.call_id),
            opened_at=card.opened_at,
            decision=None if card.decision is None else Decision(card.decision.value),
            decided_at=card.decided_at,
            card=card,
        )

    @resolved("Who asked; null for a process of the platform.")
    async def member(self, info: Info) -> Member | None:
        return None if self.card.member_id is None else await member(info.context, self.card.member_id)

    @resolved("Who decided.")
    async def decided_by(self, info: Info) -> Actor | None:
        return None if self.card.decided_by is None else await actor(info.context, self.card.decided_by)

    @resolved("What was said; empty where it is other documents' text, `[erased]` where it was erased.")
    async def excerpt(self, info: Info) -> str:
        return (await self._words(info.context)).excerpt

    @resolved("Why it was decided so.")
    async def reason(self, info: Info) -> str:
        return (await self._words(info.context)).reason

    async def _words(self, operation: Operation) -> Words:
        return await moderation.words(operation.platform, operation.tenant, self.card)


@strawberry.type(description="Words that a rule lets pass, known by their keyed hash alone.")
class ModerationException(Node):
    rule: str = strawberry.field(description="The rule.")
    added_at: datetime = strawberry.field(description="When it was decided.")
    card: strawberry.Private[ExceptionCard]

    @classmethod
    def of(cls, card: ExceptionCard) -> Self:
        return cls(
            id=global_id("ModerationException", card.phrase_id), rule=card.rule, added_at=card.added_at, card=card
        )

    @resolved("For whom alone; null where it is for everybody.")
    async def member(self, info: Info) -> Member | None:
        return None if self.card.member_id is None else await member(info.context, self.card.member_id)

    @resolved("Who decided it.")
    async def added_by(self, info: Info) -> Actor:
        return await actor(info.context, self.card.added_by)

    @resolved("The finding that led to it; null when its days are over.")
    async def review(self, info: Info) -> ModerationReview | None:
        return await review_node(info.context, str(self.card.review_id))


@strawberry.type
class ModerationQuery:
    @resolved("What the checks have found, newest first.", Requires(Permission.MODERATION_REVIEW))
    async def moderation_reviews(
        self,
        info: Info,
        states: Annotated[list[State] | None, strawberry.argument(description="Only these; all when not said.")] = None,
        kind: Annotated[Kind | None, strawberry.argument(description="Only what this check has found.")] = None,
        rule: Annotated[str | None, strawberry.argument(description="Only of this rule.")] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[ModerationReview]:
        operation = info.context
        cursors = cursors_of(operation, "moderation-reviews")
        wanted = window(cursors, first=first, after=after)

        async def page(size: int, before: int | None) -> list[Review]:
            return await moderation.review_page(
                operation.platform,
                operation.tenant,
                first=size,
                states=[ReviewState(str(state.value)) for state in states or ()],
                kind=None if kind is None else ReviewKind(str(kind.value)),
                rule=None if rule is None else rule.replace("\0", ""),
                before=before,
            )

        async def count() -> int:
            return len(await page(COUNTED_PAGE_MAX, None))

        return connection(
            await page(wanted.size + 1, int(wanted.after[0]) if wanted.after else None),
            wanted,
            node=ModerationReview.of,
            cursor=lambda one: cursors.encode(one.card.position),
            count=count,
        )

    @resolved("What rules let pass since somebody decided so, newest first.", Requires(Permission.MODERATION_REVIEW))
    async def moderation_exceptions(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[ModerationException]:
        operation = info.context
        cursors = cursors_of(operation, "moderation-exceptions")
        wanted = window(cursors, first=first, after=after)

        async def page(size: int, place: tuple[int, UUID] | None) -> list[NamedException]:
            return await moderation.exception_page(operation.platform, operation.tenant, first=size, after=place)

        async def count() -> int:
            return len(await page(COUNTED_PAGE_MAX, None))

        return connection(
            await page(wanted.size + 1, (int(wanted.after[0]), UUID(str(wanted.after[1]))) if wanted.after else None),
            wanted,
            node=lambda one: ModerationException.of(one.card),
            cursor=lambda one: cursors.encode(one.card.position, str(one.card.phrase_id)),
            count=count,
        )


async def review_node(operation: Operation, key: str) -> ModerationReview | None:
    """Return the finding of a global id."""
    review_id = uuid_in(key)
    if review_id is None or Permission.MODERATION_REVIEW not in operation.tenant.permissions:
        return None
    try:
        return ModerationReview.of(await moderation.review(operation.platform, operation.tenant, review_id))
    except NoSuchReview:
        return None


async def exception_node(operation: Operation, key: str) -> ModerationException | None:
    """Return the exception of a global id."""
    phrase_id = uuid_in(key)
    if phrase_id is None or Permission.MODERATION_REVIEW not in operation.tenant.permissions:
        return None
    try:
        card = await moderation.exception_card(operation.platform, operation.tenant, phrase_id)
    except NoSuchException:
        return None
    return ModerationException.of(card)


def key_in(given: str, kind: str) -> UUID | None:
    """Return the id in a global id of this kind."""
    match parts(given):
        case (found, key) if found == kind:
            return uuid_in(key)
        case _:
            return None
