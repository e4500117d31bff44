"""The findings and exceptions as reviewers ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ai_review.events import ReviewDecision, ReviewKind
from domain.ids import CallId, DocumentId, MemberId, PhraseId, ReviewId, TenantId
from projections.ai_reviews import ReviewState, exceptions, reviews

EXCEPTIONS_MAX: Final = 10_000
"""Of one tenant that are looked at, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCard:
    """A finding without its words: those are in the log, at `position` or, of a document, at `quoted_position`."""

    review_id: ReviewId
    call_id: CallId
    member_id: MemberId | None
    document_id: DocumentId | None
    kind: ReviewKind
    rules: Sequence[str]
    found_by: str
    withheld: bool
    source_documents: Sequence[UUID]
    state: ReviewState
    opened_at: datetime
    position: int
    quoted_position: int | None
    decision: ReviewDecision | None
    decided_at: datetime | None
    decided_by: str | None
    decided_position: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCard:
    """`member_id` is who alone it is for; None where it is for everybody."""

    phrase_id: PhraseId
    rule: str
    review_id: ReviewId
    member_id: MemberId | None
    added_at: datetime
    added_by: str
    position: int


_CARD = [reviews.c[name] for name in ReviewCard.__dataclass_fields__]
_EXCEPTION = [exceptions.c[name] for name in ExceptionCard.__dataclass_fields__]


async def page(
    connection: AsyncConnection,
    tenant_id: TenantId,
    *,
    first: int,
    states: Sequence[ReviewState] = (),
    kind: ReviewKind | None = None,
    rule: str | None = None,
    member_id: UUID | None = None,
    before: int | None = None,
) -> list[ReviewCard]:
    """Return up to `first` findings, newest first, below a position."""
    c = reviews.c
    query = select(*_CARD).where(c.tenant_id == tenant_id).order_by(c.position.desc()).limit(first)
    if states:
        query = query.where(c.state.in_(states))
    if kind is not None:
        query = query.where(c.kind == kind)
    if rule is not None:
        query = query.where(c.rules.contains([rule]))
    if member_id is not None:
        query = query.where(c.member_id == member_id)
    if before is not None:
        query = query.where(c.position < before)
    return [_card(**row._mapping) for row in await connection.execute(query)]


async def card(connection: AsyncConnection, tenant_id: TenantId, review_id: UUID) -> ReviewCard | None:
    """Return one finding; None when there is none, or its time is over."""
    query = select(*_CARD).where(reviews.c.tenant_id == tenant_id, reviews.c.review_id == review_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _card(**row._mapping)


async def counts(connection: AsyncConnection, tenant_id: TenantId) -> dict[ReviewState, int]:
    """Return how many findings are in each state."""
    c = reviews.c
    query = select(c.state, func.count()).where(c.tenant_id == tenant_id).group_by(c.state)
    found = {row.state: int(row[1]) for row in await connection.execute(query)}
    return {state: found.get(state, 0) for state in ReviewState}


async def older_than(
    connection: AsyncConnection, tenant_id: TenantId, moment: datetime, *, first: int
) -> list[ReviewId]:
    """Return findings that were opened before a moment, the oldest first."""
    c = reviews.c
    query = select(c.review_id).where(c.tenant_id == tenant_id, c.opened_at < moment).order_by(c.position)
    return [ReviewId(found) for found in await connection.scalars(query.limit(first))]


async def exception_page(
    connection: AsyncConnection, tenant_id: TenantId, *, first: int, after: tuple[int, UUID] | None = None
) -> list[ExceptionCard]:
    """Return up to `first` exceptions, newest first, beyond one of them."""
    c = exceptions.c
    query = select(*_EXCEPTION).where(c.tenant_id == tenant_id).order_by(c.position.desc(), c.phrase_id).limit(first)
    if after is not None:
        position, phrase_id = after
        query = query.where(or_(c.position < position, and_(c.position == position, c.phrase_id > phrase_id)))
    return [ExceptionCard(**row._mapping) for row in await connection.execute(query)]


async def exception_card(connection: AsyncConnection, tenant_id: TenantId, phrase_id: UUID) -> ExceptionCard | None:
    """Return one exception; None when there is none any more."""
    query = select(*_EXCEPTION).where(exceptions.c.tenant_id == tenant_id, exceptions.c.phrase_id == phrase_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else ExceptionCard(**row._mapping)


async def excepted(connection: AsyncConnection, tenant_id: TenantId) -> frozenset[UUID]:
    """Return every hash that some rule lets pass."""
    c = exceptions.c
    query = select(c.phrase_id).where(c.tenant_id == tenant_id).order_by(c.position.desc()).limit(EXCEPTIONS_MAX)
    return frozenset(await connection.scalars(query))


def _card(**columns: object) -> ReviewCard:
    words = {
        "kind": ReviewKind(str(columns["kind"])),
        "state": ReviewState(str(columns["state"])),
        "decision": None if columns["decision"] is None else ReviewDecision(str(columns["decision"])),
    }
    return ReviewCard(**{**columns, **words})  # type: ignore[arg-type]  # the projector wrote them
