"""Knowledge's parts: the indexer that follows the log, and what answers questions."""

import hashlib
import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass

from app.foundation import Foundation, Service
from app.installation import Installation
from domain.ids import TenantId
from infra.event_store.key_wrapping import KNOWLEDGE
from infra.knowledge.graph import PostgresGraph
from infra.knowledge.minilm import MiniLm
from infra.knowledge.reading import PostgresReading
from infra.knowledge.tables import PostgresKnowledge
from infra.knowledge.vector_feed import PostgresVectorFeed
from infra.knowledge.vectors_edge import EdgeVectors
from infra.knowledge.vectors_qdrant import QdrantVectors
from knowledge.extraction import Extractor
from knowledge.indexer import Indexer, Reader
from knowledge.knowledge import Knowledge
from knowledge.ports import Embedder, VectorIndex
from knowledge.retrieval import Retriever
from knowledge.vector_following import FollowedVectors
from knowledge.vector_keeping import VectorKeeper
from projections.catalogue import KNOWLEDGE_MARKS
from projections.freshness import Arrivals


@dataclass(frozen=True, slots=True)
class KnowledgeParts:
    """What surfaces ask, what works in the background, and what must be let go of at the end."""

    knowledge: Knowledge
    embedder: MiniLm
    indexer: Indexer
    vectors: VectorIndex
    indexed: Callable[[TenantId], None]
    """To be told of a tenant of which something was indexed, here or elsewhere."""
    marked: list[Callable[[TenantId], None]]
    """Told of a tenant of which there may be something to index."""
    follow: Service


def wire_knowledge(base: Foundation) -> KnowledgeParts:
    """Return the parts; nothing connects and nothing heavy is loaded yet."""
    embedder, extractor, key_of = MiniLm(), _Extractors(), _key_of(lambda: base.keyring.lasting_secret(KNOWLEDGE))
    vectors = _vectors(base.installation, embedder)
    reading = PostgresReading(base.databases)
    followed = FollowedVectors(vectors, PostgresVectorFeed(base.databases, embedder.model_id))
    indexed = Arrivals()
    keeper = VectorKeeper(followed)
    indexed.told.append(keeper.moved)
    indexer = Indexer(
        PostgresKnowledge(base.databases, base.feed.as_projector),
        Reader(base.body_states, base.bodies, extractor, embedder, key_of),
    )
    indexer.indexed.append(indexed.announce)
    base.arrivals.told.append(indexer.grown)
    knowledge = Knowledge(
        retriever=Retriever(reading, followed, reading, embedder, key_of),
        reading=reading,
        graph=PostgresGraph(base.databases),
        rights=base.document_rights,
        extractor=extractor,
        freshness=base.freshness,
        marks=KNOWLEDGE_MARKS,
        indexed=indexed,
    )
    return KnowledgeParts(knowledge, embedder, indexer, vectors, indexed.announce, base.arrivals.told, keeper.run)


class _Extractors:
    """Makes the one extractor of the process when somebody first needs it: spaCy takes a second to import."""

    def __init__(self) -> None:
        self._made: Extractor | None = None
        self._making = threading.Lock()

    def __call__(self) -> Extractor:
        with self._making:
            if self._made is None:
                from infra.knowledge.spacy_text import SpacyText  # noqa: PLC0415  # heavy; only when first used

                self._made = Extractor(SpacyText())
            return self._made


def _key_of(secret: Callable[[], bytes]) -> Callable[[TenantId], bytes]:
    """Each tenant has a key of its own: equal words give other ids in another tenant."""
    return lambda tenant_id: hmac.new(secret(), tenant_id.bytes, hashlib.sha256).digest()


def _vectors(installation: Installation, embedder: Embedder) -> VectorIndex:
    if installation.qdrant_url is None:
        return EdgeVectors(installation.data_dir / "vectors", dimensions=embedder.dimensions)
    url, api_key = installation.qdrant_url, installation.qdrant_api_key

    def connect() -> object:
        from qdrant_client import AsyncQdrantClient  # noqa: PLC0415  # heavy; only when first used

        return AsyncQdrantClient(url=url, api_key=api_key)

    return QdrantVectors(connect, dimensions=embedder.dimensions)
