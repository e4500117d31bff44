"""The wire models that several resources share."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.actors import NamedActor
from commands.event_log import Receipt
from projections.document_library import DocumentCard


class Wire(BaseModel):
    """A JSON object of the API: unknown members of requests are refused, never dropped."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class ReceiptModel(Wire):
    """Proof of a durable write; pass `position` as `at_least` to read what you wrote."""

    position: int


class ActorModel(Wire):
    kind: Literal["member", "key", "system", "operator", "unknown"]
    id: UUID | None
    name: str | None


class WriteAnswer(Wire):
    receipt: ReceiptModel
    version: int


class DocumentModel(Wire):
    id: UUID
    title: str
    body: Literal["rich", "plain"]
    version: int
    status: Literal["draft", "archived"]
    created_at: datetime
    updated_at: datetime
    created_by: ActorModel
    updated_by: ActorModel


class DocumentDetail(DocumentModel):
    """A document and what the caller may do with it."""

    viewer_can: list[str]


def receipt_model(receipt: Receipt) -> ReceiptModel:
    return ReceiptModel(position=receipt.position)


def document_fields(card: DocumentCard, actors: dict[str, NamedActor]) -> dict[str, object]:
    """Return the members of a DocumentModel."""
    return {
        "id": card.document_id,
        "title": card.title,
        "body": card.body,
        "version": card.version,
        "status": card.status,
        "created_at": card.created_at,
        "updated_at": card.updated_at,
        "created_by": ActorModel.model_validate(actors[card.created_by]),
        "updated_by": ActorModel.model_validate(actors[card.updated_by]),
    }
