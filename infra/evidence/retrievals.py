"""Documents that a model reads on somebody's behalf: each is an entry of the audit log in their name."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.evidence.events import AccessKind, ObjectKind
from domain.ids import DocumentId
from gateway.passages import Passage, Passages
from tenancy.accesses import Accesses
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True)
class RecordedPassages:
    """Implements gateway.passages.Passages."""

    passages: Passages
    accesses: Accesses

    async def about(
        self,
        question: str,
        context: TenantContext,
        *,
        passages_max: int,
        tokens_max: int,
        without: DocumentId | None = None,
    ) -> Sequence[Passage]:
        found = await self.passages.about(
            question, context, passages_max=passages_max, tokens_max=tokens_max, without=without
        )
        for document_id in sorted({passage.document_id for passage in found}):
            self.accesses.note(context, AccessKind.RETRIEVAL, ObjectKind.DOCUMENT, document_id)
        return found

    async def definitions(self, text: str, context: TenantContext) -> Sequence[tuple[str, str]]:
        return await self.passages.definitions(text, context)
