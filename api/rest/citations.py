"""A passage that something rests on, as JSON shows it."""

from uuid import UUID

from api.rest.models import Wire
from domain.citation import Citation


class CitationModel(Wire):
    """The source [S<number>]: `quote` stands exactly there in the revision at `position`."""

    number: int
    document_id: UUID
    title: str
    heading: str
    position: int
    block_from: int
    block_to: int
    start: int
    end: int
    sha256: str
    quote: str


def citation_model(citation: Citation) -> CitationModel:
    return CitationModel(**{name: getattr(citation, name) for name in Citation.__dataclass_fields__})
