"""What a decision needs to remember of a document."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from domain.document.body import BodyKind
from domain.document.events import (
    DocumentArchived,
    DocumentCreated,
    DocumentEvent,
    DocumentRenamed,
    DocumentRestored,
)
from domain.evidence.events import DocumentErased, ErasureRequested


class Stage(StrEnum):
    """Where a document is in its life; approval stages are added when somebody can approve."""

    UNWRITTEN = "unwritten"
    DRAFT = "draft"
    ARCHIVED = "archived"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as far as its rules care; the body is in its edits."""

    stage: Stage = Stage.UNWRITTEN
    title: str = ""
    body: BodyKind = BodyKind.RICH


def evolve(document: Document, event: DocumentEvent | ErasureRequested | DocumentErased) -> Document:
    """Apply a fact. Never refuses: it has already happened."""
    match event:
        case DocumentCreated():
            return Document(stage=Stage.DRAFT, title=event.title, body=event.body)
        case DocumentRenamed():
            return replace(document, title=event.title)
        case DocumentArchived():
            return replace(document, stage=Stage.ARCHIVED)
        case DocumentRestored():
            return replace(document, stage=Stage.DRAFT)
        case ErasureRequested() | DocumentErased():
            return replace(document, stage=Stage.ERASED, title="")
        case _:
            assert_never(event)
