"""What shows content besides the log: each lets go of what is erased, however often it is asked to."""

from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

from commands.event_log import LogUnavailable
from domain.evidence.events import ErasureScope
from domain.ids import DocumentId, MemberId
from infra.evidence.belongings import Belongings
from infra.redis.answers import forget_answers
from knowledge.ports import IndexMoved, IndexPlan, KnowledgeTables, Mark
from projections.builder import VersionBuilder
from projections.catalogue import DOCUMENT_HISTORY, DOCUMENT_LIBRARY, KNOWLEDGE_MARKS, PROVENANCE
from projections.erasures import ErasureCard
from projections.freshness import Freshness
from projections.knowledge_marks import ERASED
from tenancy.blobs import Blobs
from tenancy.context import TenantContext
from tenancy.identity import Passwords
from tenancy.keys import reports_folder

INDEX_TRIES_MAX = 5
READ_MODELS = (DOCUMENT_LIBRARY, DOCUMENT_HISTORY, KNOWLEDGE_MARKS, PROVENANCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedStores:
    """Read models, the index, kept answers, bundles, passwords."""

    freshness: Freshness
    builder: VersionBuilder
    knowledge: KnowledgeTables
    redis: Redis
    blobs: Blobs
    passwords: Passwords

    async def forget(self, context: TenantContext, card: ErasureCard, belonging: Belongings) -> None:
        """Raise LogUnavailable when something cannot let go now: the next try asks again."""
        # Bundles show content in the clear; those that people have fetched are theirs to keep or to destroy.
        await self.blobs.delete_folder(reports_folder(context.tenant_id))
        for member_id in belonging.people:
            await self.passwords.forget(MemberId(member_id), context)
        try:
            await forget_answers(self.redis, context.tenant_id)
        except (RedisError, OSError) as error:
            raise LogUnavailable("Kept answers may show what is being erased.") from error
        for projector in READ_MODELS:
            if not await self.freshness.reached(projector, context, card.position):
                raise LogUnavailable("The read models still show what is being erased.")
        await self.builder.forget_content(context.tenant_id)
        if card.scope is ErasureScope.DOCUMENT:
            await self._out_of_the_index(context, card)

    async def _out_of_the_index(self, context: TenantContext, card: ErasureCard) -> None:
        """Not left to the indexer, which may have more to do; one that is at this document now finds itself late."""
        document_id = DocumentId(card.target_id)
        nothing = IndexPlan(
            mark=Mark(document_id=document_id, title="", body="", status=ERASED, wanted=card.position),
            position=card.position,
            lexicon=0,
            extractor="",
            chunks=(),
            embedding_keys={},
            extractions={},
        )
        for _ in range(INDEX_TRIES_MAX):
            standing = await self.knowledge.standing(context.tenant_id, document_id)
            try:
                return await self.knowledge.write(context.tenant_id, nothing, standing, "")
            except IndexMoved:
                continue
        raise LogUnavailable("The index is being written.")
