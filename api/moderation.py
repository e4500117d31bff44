"""Findings and exceptions as every surface shows them to reviewers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from api.actors import NamedActor, named
from api.platform import Platform
from domain.actor import Actor, ActorKind
from domain.ai_review.decisions import NoSuchException, NoSuchReview
from domain.ai_review.events import AiReviewAnswerQuoted, AiReviewDecided, AiReviewOpened, ReviewKind
from domain.evidence.events import AccessKind, ObjectKind
from domain.sealed import ERASED
from projections import ai_review_cards
from projections.ai_review_cards import ExceptionCard, ReviewCard
from projections.ai_reviews import ReviewState
from tenancy.context import TenantContext

WITHHELD = {
    ReviewKind.INJECTION_PROMPT: "The prompt was refused; once it is allowed, whoever asked can ask again.",
    ReviewKind.MODERATION_PROMPT: "The prompt was refused; once it is allowed, whoever asked can ask again.",
    ReviewKind.INJECTION_SOURCES: "No model was given the passage.",
    ReviewKind.MODERATION_ANSWER: "The answer ended before it and was not kept; once it is allowed, whoever asked can "
    "ask again.",
}
WENT_ON = "The call went on."


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A finding with the names of who is in it; `what_happened` tells what became of the call."""

    card: ReviewCard
    actors: Mapping[str, NamedActor]

    @property
    def member(self) -> NamedActor | None:
        return None if self.card.member_id is None else self.actors[_reference(self.card.member_id)]

    @property
    def decided_by(self) -> NamedActor | None:
        return None if self.card.decided_by is None else self.actors[self.card.decided_by]

    @property
    def what_happened(self) -> str:
        return WITHHELD[self.card.kind] if self.card.withheld else WENT_ON


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a finding is about, and why it was decided so; what was erased says so."""

    excerpt: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedException:
    card: ExceptionCard
    added_by: NamedActor
    member: NamedActor | None


async def review_page(
    platform: Platform,
    context: TenantContext,
    *,
    first: int,
    states: Sequence[ReviewState] = (),
    kind: ReviewKind | None = None,
    rule: str | None = None,
    member_id: UUID | None = None,
    before: int | None = None,
) -> list[Review]:
    """Return up to `first` findings, newest first, below a position; without a word of them."""
    async with platform.reads.as_app(context) as connection:
        cards = await ai_review_cards.page(
            connection,
            context.tenant_id,
            first=first,
            states=states,
            kind=kind,
            rule=rule,
            member_id=member_id,
            before=before,
        )
        actors = await named(connection, context.tenant_id, [one for card in cards for one in _actors(card)])
    return [Review(card=card, actors=actors) for card in cards]


async def counts(platform: Platform, context: TenantContext) -> Mapping[ReviewState, int]:
    """Return how many findings are in each state."""
    async with platform.reads.as_app(context) as connection:
        return await ai_review_cards.counts(connection, context.tenant_id)


async def review(platform: Platform, context: TenantContext, review_id: UUID) -> Review:
    """Return one finding. Raises NoSuchReview."""
    async with platform.reads.as_app(context) as connection:
        card = await ai_review_cards.card(connection, context.tenant_id, review_id)
        if card is None:
            raise NoSuchReview
        return Review(card=card, actors=await named(connection, context.tenant_id, _actors(card)))


async def words(platform: Platform, context: TenantContext, card: ReviewCard) -> Words:
    """Return what was said; that somebody looked at it is recorded."""
    platform.accesses.note(context, AccessKind.READ, ObjectKind.TENANT, context.tenant_id)
    places = {card.position, card.quoted_position, card.decided_position} - {None}
    excerpt, reason = "", ""
    for recorded in await platform.log.at(sorted(place for place in places if place is not None), context):
        match recorded.event:
            case AiReviewOpened() as opened:
                excerpt = excerpt or opened.excerpt
            case AiReviewAnswerQuoted() as quoted:
                excerpt = quoted.excerpt
            case AiReviewDecided() as decided:
                reason = decided.reason
            case _:
                excerpt = excerpt or ERASED
    return Words(excerpt=excerpt, reason=reason)


async def exception_page(
    platform: Platform, context: TenantContext, *, first: int, after: tuple[int, UUID] | None
) -> list[NamedException]:
    """Return up to `first` exceptions, newest first, beyond one of them."""
    async with platform.reads.as_app(context) as connection:
        cards = await ai_review_cards.exception_page(connection, context.tenant_id, first=first, after=after)
        references = [card.added_by for card in cards]
        references += [_reference(card.member_id) for card in cards if card.member_id is not None]
        actors = await named(connection, context.tenant_id, references)
    return [
        NamedException(
            card=card,
            added_by=actors[card.added_by],
            member=None if card.member_id is None else actors[_reference(card.member_id)],
        )
        for card in cards
    ]


async def exception_card(platform: Platform, context: TenantContext, phrase_id: UUID) -> ExceptionCard:
    """Return one exception. Raises NoSuchException."""
    async with platform.reads.as_app(context) as connection:
        card = await ai_review_cards.exception_card(connection, context.tenant_id, phrase_id)
    if card is None:
        raise NoSuchException
    return card


def _actors(card: ReviewCard) -> list[str]:
    return [
        *([] if card.member_id is None else [_reference(card.member_id)]),
        *([] if card.decided_by is None else [card.decided_by]),
    ]


def _reference(member_id: UUID) -> str:
    return str(Actor(ActorKind.MEMBER, member_id))
