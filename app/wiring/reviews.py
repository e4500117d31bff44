"""The review queue as the gateway needs it: findings into the log, exceptions from the read model."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import text
from uuid_utils.compat import uuid7

from app.foundation import Foundation
from commands.ai_review.expire_review import ExpireReview
from commands.ai_review.open_review import OpenReview
from commands.event_log import CommandContext, LogUnavailable
from domain.actor import SYSTEM
from domain.ai_review.decisions import EXCERPT_CHARACTERS_MAX
from domain.ai_review.events import AiReviewOpened, ReviewKind, of_one
from domain.ids import CallId, DocumentId, PhraseId, TenantId
from gateway.reviews import Asked, Queued
from gateway.screening.phrases import Passes, Phrase
from infra import clock
from infra.event_store.key_wrapping import REVIEWS
from infra.rounds import in_rounds
from projections import ai_review_cards
from tenancy.context import TenantContext, every_tenant
from tenancy.recent_reads import RecentReads
from tenancy.roles import Permission

AGE_SECONDS_MAX: Final = 1.0
TENANTS_MAX: Final = 10_000
SWEEP_SECONDS: Final = 3_600.0
EXPIRED_AT_ONCE_MAX: Final = 1_000

log = structlog.get_logger()


class ReviewQueue:
    """Implements gateway.reviews.Reviews; hashes of words are keyed, so that nobody can guess the words."""

    def __init__(self, base: Foundation) -> None:
        self._base = base
        self._recent: RecentReads[TenantId, frozenset[UUID]] = RecentReads(
            keys_max=TENANTS_MAX, age_seconds_max=AGE_SECONDS_MAX
        )

    async def passing(self, context: TenantContext) -> Passes:
        known = await self._recent.of(context.tenant_id, lambda: self._load(context))
        if not known:
            return lambda _: False

        def passes(phrase: Phrase) -> bool:
            ((_, phrase_id),) = self.phrase_ids(context, [phrase])
            member_id = context.member_id
            return phrase_id in known or (member_id is not None and of_one(phrase_id, member_id) in known)

        return passes

    def phrase_ids(self, context: TenantContext, phrases: Sequence[Phrase]) -> tuple[tuple[str, PhraseId], ...]:
        secret = self._base.keyring.lasting_secret(REVIEWS)
        return tuple((phrase.rule, _hashed(secret, context.tenant_id, phrase)) for phrase in phrases)

    async def queue(self, queued: Queued, call: Asked, context: TenantContext) -> None:
        finding = queued.finding
        in_document = finding.kind is ReviewKind.MODERATION_ANSWER and call.document_id is not None
        excerpt = _excerpt(finding.text, [phrase.words for phrase in finding.phrases])
        document_id = None if call.document_id is None else DocumentId(call.document_id)
        opened = AiReviewOpened(
            review_id=queued.review_id,
            call_id=CallId(call.call_id),
            member_id=context.member_id,
            document_id=document_id,
            kind=finding.kind,
            phrases=queued.phrases,
            found_by=finding.found_by,
            withheld=finding.withheld,
            excerpt="" if in_document else excerpt,
            source_documents=finding.documents,
            open_max=queued.open_max,
        )
        command = OpenReview(opened=opened, quote=excerpt, quoted_in=document_id if in_document else None)
        recording = replace(context, permissions=context.permissions | {Permission.WORK_RECORD})
        now = CommandContext(tenant=recording, command_id=uuid7(), now=clock.now())
        await self._base.executor.execute(command, now)

    async def run_sweeps(self) -> None:
        """Take out what is older than each tenant wants, until cancelled; any number of processes may."""
        await in_rounds(self.sweep, pause_seconds=SWEEP_SECONDS, failed="ai.reviews_kept_longer")

    async def sweep(self) -> int:
        """Return how many findings were taken out."""
        with every_tenant(reason="findings whose days are over are taken out of every tenant's queue"):
            async with self._base.databases.projector.begin() as connection:
                tenants = list(await connection.scalars(text("SELECT tenant_id FROM sec.list_tenants()")))
        return sum([await self._sweep(TenantId(tenant_id)) for tenant_id in tenants])

    async def _sweep(self, tenant_id: TenantId) -> int:
        own = frozenset({Permission.WORK_RECORD})
        context = TenantContext(tenant_id=tenant_id, actor=SYSTEM, permissions=own, request_id="reviews")
        policy = await self._base.policies.of(context)
        before = clock.now() - timedelta(days=policy.whole("ai.review_days"))
        async with self._base.databases.as_app(context) as connection:
            expired = await ai_review_cards.older_than(connection, tenant_id, before, first=EXPIRED_AT_ONCE_MAX)
        for number, review_id in enumerate(expired):
            now = CommandContext(tenant=context, command_id=uuid7(), now=clock.now(), is_awaited=False)
            try:
                await self._base.executor.execute(ExpireReview(review_id=review_id), now)
            except LogUnavailable:
                log.warning("ai.reviews_kept_longer", error="LogUnavailable")
                return number
        return len(expired)

    def forget(self, appended: frozenset[str]) -> None:
        """Look again next time: this process has just written down what somebody decided."""
        if any(name.startswith("ai_review.") for name in appended):
            self._recent.forget_all()

    async def _load(self, context: TenantContext) -> frozenset[UUID]:
        """Read as the platform in the scope of that tenant: whoever asks need not be allowed to read exceptions."""
        own = replace(context, actor=SYSTEM, permissions=frozenset(), request_id="reviews")
        async with self._base.databases.as_app(own) as connection:
            return await ai_review_cards.excepted(connection, context.tenant_id)


def _hashed(secret: bytes, tenant_id: TenantId, phrase: Phrase) -> PhraseId:
    said = f"{tenant_id}/{phrase.rule}/{phrase.words}"
    return PhraseId(UUID(bytes=hmac.new(secret, said.encode(), hashlib.sha256).digest()[:16]))


def _excerpt(said: str, phrases: Sequence[str]) -> str:
    """Return all that was said or, where that is long, what was found of it."""
    whole = said if len(said) <= EXCERPT_CHARACTERS_MAX else " … ".join(phrases)
    return whole[:EXCERPT_CHARACTERS_MAX]
