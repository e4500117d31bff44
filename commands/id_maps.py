"""What commands ask of the projection that knows whose each CRDT id is."""

from collections.abc import Sequence
from typing import ClassVar, Protocol

from domain.document.events import EditsRecorded
from domain.errors import LimitReached
from domain.history.steps import Edit
from domain.ids import DocumentId
from domain.provenance.id_map import IdMap
from tenancy.context import TenantContext


class AuthorsBehind(LimitReached):
    """Who wrote the document's text is still being worked out, up to where this needs it; ask again in a moment."""

    code: ClassVar = "history.authors_behind"

    def __init__(self) -> None:
        super().__init__("Who wrote the document's text is still being worked out; try again in a moment.")


class IdMaps(Protocol):
    async def of(
        self, document_id: DocumentId, edits: Sequence[EditsRecorded], tenant: TenantContext, at_least: int
    ) -> IdMap | None:
        """
        Return whose the client ids and the sessions of these edits are, by all that was recorded up to a position.

        Maybe by more: what these edits bring may be credited already. None when it is not known up to there yet.
        """
        ...


async def known_before(id_maps: IdMaps, document_id: DocumentId, edits: Sequence[Edit], tenant: TenantContext) -> IdMap:
    """
    Return what edits that are not the document's first are folded onto: who owned their client ids before.

    Raises AuthorsBehind.
    """
    if not edits or edits[0][0].stream_version == 1:
        return IdMap()
    found = await id_maps.of(document_id, [edit for _, edit in edits], tenant, edits[0][0].position)
    if found is None:
        raise AuthorsBehind
    return found
