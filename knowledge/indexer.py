"""Follow the marks: read each changed document, plan its chunks, write them, and embed what is new."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass
from uuid import UUID

import structlog
from cachetools import TTLCache
from sqlalchemy.exc import SQLAlchemyError

from commands.bodies import Bodies
from commands.body_states import BodyStates
from commands.event_log import LogUnavailable
from domain.document.body import BodyKind, ContentFormat
from domain.document.state import Stage
from domain.ids import TenantId
from knowledge.blocks import PlainDocument, of_plain, of_prosemirror
from knowledge.chunks import Chunk, chunks_of
from knowledge.entities import Lexicon
from knowledge.extraction import Extraction, Extractor
from knowledge.own_work import as_indexer
from knowledge.ports import Embedder, IndexMoved, IndexPlan, KnowledgeTables, Mark, Standing
from tenancy.context import TenantContext, tenant_scope

DOCUMENTS_A_TURN = 8
TEXTS_A_TURN = 4
FAILED_MAX = 1_000
FAILED_SECONDS = 600.0
"""What was wrong with a document may be mended without a change to it."""
POLL_SECONDS = 1.0
PAUSE_AFTER_FAILURE_SECONDS = 1.0
BETWEEN_TURNS_SECONDS = 0.1
RESTING_MAX = 10_000
REST_SECONDS = 0.5
"""A document in which somebody types is read again twice a second, not with each key."""
TYPED_IN_SECONDS = 60.0
REST_OF_TURNS = 3.0
REST_OF_TURNS_SECONDS_MAX = 1.0
"""Where many type, reading again takes a quarter of the time and the database's, however much there would be to do:
what is read a little later than it could be is noticed less than letters that come late."""

log = structlog.get_logger()

TenantKey = Callable[[TenantId], bytes]
"""The key of a tenant's chunk and entity ids."""


@dataclass(frozen=True, slots=True)
class Reader:
    """From a mark to a plan."""

    body_states: BodyStates
    bodies: Bodies
    extractor: Callable[[], Extractor]
    """Made when first asked for, which takes a second: call it in a thread."""
    embedder: Embedder
    key_of: TenantKey

    async def plan(self, context: TenantContext, mark: Mark, lexicon: Lexicon, standing: Standing | None) -> IndexPlan:
        """Read the document as it was at its mark and say which rows it has."""
        state, position = b"", mark.wanted
        if mark.status == Stage.DRAFT:
            body = await self.body_states.load(mark.document_id, context, until_position=mark.wanted)
            state, position = body.state, body.position or mark.wanted
        return await asyncio.to_thread(self._planned, context.tenant_id, mark, lexicon, standing, state, position)

    def _planned(
        self,
        tenant_id: TenantId,
        mark: Mark,
        lexicon: Lexicon,
        standing: Standing | None,
        state: bytes,
        position: int,
    ) -> IndexPlan:
        extractor, key = self.extractor(), self.key_of(tenant_id)
        chunks = chunks_of(mark.document_id, self._document(mark, state), key=key) if state else []
        version = _version(extractor, self.embedder)
        known = standing.chunk_ids if standing and _read_alike(standing, version, lexicon) else frozenset()
        unread = [chunk for chunk in chunks if chunk.chunk_id not in known]
        extractions: dict[UUID, Extraction] = {c.chunk_id: extractor.extract(c, lexicon, key=key) for c in unread}
        return IndexPlan(
            mark=mark,
            position=position,
            lexicon=lexicon.position,
            extractor=version,
            chunks=chunks,
            embedding_keys=_embedding_keys(mark, chunks, key),
            extractions=extractions,
        )

    def _document(self, mark: Mark, state: bytes) -> PlainDocument:
        kind = BodyKind(mark.body)
        if kind is BodyKind.PLAIN:
            return of_plain(self.bodies.render(kind, state, ContentFormat.TEXT))
        return of_prosemirror(self.bodies.render(kind, state, ContentFormat.JSON))


def embedded_text(title: str, heading: str, text: str) -> str:
    """Return what of a chunk is embedded: it means more with its title and heading."""
    return "\n".join(part for part in (title, heading if heading not in {title, text} else "", text) if part)


def _embedding_keys(mark: Mark, chunks: list[Chunk], key: bytes) -> Mapping[UUID, bytes]:
    texts = {chunk.chunk_id: embedded_text(mark.title, chunk.heading, chunk.text) for chunk in chunks}
    return {id_: hmac.new(key, b"embedding\0" + text.encode(), hashlib.sha256).digest() for id_, text in texts.items()}


def _version(extractor: Extractor, embedder: Embedder) -> str:
    return f"{extractor.version}+{embedder.model_id}"


def _read_alike(standing: Standing, version: str, lexicon: Lexicon) -> bool:
    return standing.extractor == version and standing.lexicon == lexicon.position and standing.indexed > 0


class Indexer:
    """Any number may run: a document that another one has written meanwhile is left to the next look."""

    def __init__(self, tables: KnowledgeTables, reader: Reader) -> None:
        self._tables = tables
        self._reader = reader
        self._embedder = reader.embedder
        self._grown: set[TenantId] = set()
        self._wake = asyncio.Event()
        self._resting: TTLCache[UUID, None] = TTLCache(RESTING_MAX, REST_SECONDS)
        self._read_lately: TTLCache[UUID, None] = TTLCache(RESTING_MAX, TYPED_IN_SECONDS)
        self._failed: TTLCache[UUID, int] = TTLCache(FAILED_MAX, FAILED_SECONDS)
        self.indexed: list[Callable[[TenantId], None]] = []
        """Told after each transaction: what was waited for may be there now."""

    def grown(self, tenant_id: TenantId) -> None:
        """Look at a tenant soon; a hint, with a look at all of them behind it."""
        self._grown.add(tenant_id)
        self._wake.set()

    async def run(self) -> None:
        """Index whatever waits, until cancelled."""
        version = ""
        while True:
            try:
                version = version or await self.version()
                tenants, self._grown = self._grown, set()
                self._wake.clear()
                waiting = tenants or await self._tables.tenants_with_work(version)
                turns = [await self.turn(tenant_id, version) for tenant_id in waiting]
                if not any(turns):
                    await asyncio.sleep(BETWEEN_TURNS_SECONDS)
                if not self._grown:
                    await self._until_woken()
            except Exception as error:  # noqa: BLE001  # the database may be away; nobody else would start again
                log.warning("knowledge.paused", error=type(error).__name__)
                await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)

    async def version(self) -> str:
        """Return what a document's rows depend on besides its text: another one means that all are read again."""
        return _version(await asyncio.to_thread(self._reader.extractor), self._embedder)

    async def _until_woken(self) -> None:
        # Not wait_for, which swallows a cancellation that comes together with an arrival.
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake.wait()

    async def turn(self, tenant_id: TenantId, version: str) -> bool:
        """Index some of a tenant's documents, then embed some of its texts; tell whether it was all that one may."""
        context, began_at = as_indexer(tenant_id), asyncio.get_running_loop().time()
        with tenant_scope(context):
            marks = await self._waiting(tenant_id, version)
            is_typing = any(mark.document_id in self._read_lately for mark in marks)
            if marks:
                lexicon = await self._tables.lexicon(tenant_id)
                for mark in marks:
                    await self._index(context, mark, lexicon)
            texts = await self._tables.unembedded(tenant_id, first=TEXTS_A_TURN)
            if texts:
                vectors = await self._embedder.embed([text for _, text in texts])
                keyed = dict(zip((key for key, _ in texts), vectors, strict=True))
                await self._tables.keep_vectors(tenant_id, self._embedder.model_id, keyed)
                self._tell(tenant_id)
        if marks or texts:
            self.grown(tenant_id)
        if is_typing:
            took_seconds = asyncio.get_running_loop().time() - began_at
            await asyncio.sleep(min(REST_OF_TURNS * took_seconds, REST_OF_TURNS_SECONDS_MAX))
        return len(marks) == DOCUMENTS_A_TURN or len(texts) == TEXTS_A_TURN

    async def _waiting(self, tenant_id: TenantId, version: str) -> Sequence[Mark]:
        """Leave out for a while what failed, unless something happens to it: what cannot be read stops nothing else."""
        first = DOCUMENTS_A_TURN + len(self._failed) + len(self._resting)
        marks = await self._tables.waiting(tenant_id, version, first=first)
        marks = [mark for mark in marks if self._failed.get(mark.document_id) != mark.wanted]
        rested = [mark for mark in marks if mark.document_id not in self._resting]
        if len(rested) < len(marks):
            asyncio.get_running_loop().call_later(REST_SECONDS, self.grown, tenant_id, context=Context())
        return rested[:DOCUMENTS_A_TURN]

    async def _index(self, context: TenantContext, mark: Mark, lexicon: Lexicon) -> None:
        standing = await self._tables.standing(context.tenant_id, mark.document_id)
        try:
            plan = await self._reader.plan(context, mark, lexicon, standing)
            await self._tables.write(context.tenant_id, plan, standing, self._embedder.model_id)
        except IndexMoved:
            log.info("knowledge.index_moved", document_id=str(mark.document_id))
        except (OSError, SQLAlchemyError):
            raise
        except Exception as error:
            if isinstance(error, LogUnavailable) and error.code == LogUnavailable.code:
                raise
            # Whatever it is about this document, a damaged file of the archive included.
            log.warning("knowledge.document_failed", document_id=str(mark.document_id), error=type(error).__name__)
            self._failed[mark.document_id] = mark.wanted
        self._resting[mark.document_id] = self._read_lately[mark.document_id] = None
        self._tell(context.tenant_id)

    def _tell(self, tenant_id: TenantId) -> None:
        for told in self.indexed:
            told(tenant_id)
