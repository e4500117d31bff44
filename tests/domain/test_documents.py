"""What may be done with a document."""

from uuid import UUID

import pytest

from domain.document.body import BodyKind
from domain.document.decisions import (
    DocumentAlreadyExists,
    DocumentIsArchived,
    NoSuchDocument,
    TitleRefused,
    archive,
    create,
    rename,
    restore,
)
from domain.document.events import DocumentArchived, DocumentCreated, DocumentRenamed, DocumentRestored
from domain.document.state import Document, evolve
from domain.ids import DocumentId
from tests.support.spec import Spec

ID = DocumentId(UUID(int=1))
CREATED = DocumentCreated(document_id=ID, title="Contract", body=BodyKind.RICH)
RENAMED = DocumentRenamed(document_id=ID, title="Agreement")
ARCHIVED = DocumentArchived(document_id=ID)
RESTORED = DocumentRestored(document_id=ID)


@pytest.fixture
def document() -> Spec[Document]:
    return Spec(Document(), evolve)


def test_a_document_is_created_once(document: Spec[Document]) -> None:
    wanted = {"document_id": ID, "title": "Contract", "body": BodyKind.RICH}
    document.given().when(create, **wanted).then(CREATED)
    document.given(CREATED).when(create, **wanted).then_refuses(DocumentAlreadyExists)


def test_a_title_is_trimmed_and_composed(document: Spec[Document]) -> None:
    document.given(CREATED).when(rename, document_id=ID, title="  Cafe\u0301 ").then(
        DocumentRenamed(document_id=ID, title="Café")
    )


def test_the_same_title_again_changes_nothing(document: Spec[Document]) -> None:
    document.given(CREATED, RENAMED).when(rename, document_id=ID, title=" Agreement").then()


@pytest.mark.parametrize("title", ["", "   ", "x" * 301, "two\nlines", "bell\a", "line\u2028separator", "\ud800"])
def test_a_title_is_one_line_of_visible_text(document: Spec[Document], title: str) -> None:
    document.given(CREATED).when(rename, document_id=ID, title=title).then_refuses(TitleRefused)


def test_a_document_that_nobody_created_does_not_exist(document: Spec[Document]) -> None:
    document.given().when(rename, document_id=ID, title="x").then_refuses(NoSuchDocument)
    document.given().when(archive, document_id=ID).then_refuses(NoSuchDocument)
    document.given().when(restore, document_id=ID).then_refuses(NoSuchDocument)


def test_an_archived_document_is_not_renamed_until_it_is_restored(document: Spec[Document]) -> None:
    document.given(CREATED, ARCHIVED).when(rename, document_id=ID, title="x").then_refuses(DocumentIsArchived)
    document.given(CREATED, ARCHIVED, RESTORED).when(rename, document_id=ID, title="Agreement").then(RENAMED)


def test_archiving_and_restoring_twice_change_nothing(document: Spec[Document]) -> None:
    document.given(CREATED).when(archive, document_id=ID).then(ARCHIVED)
    document.given(CREATED, ARCHIVED).when(archive, document_id=ID).then()
    document.given(CREATED, ARCHIVED).when(restore, document_id=ID).then(RESTORED)
    document.given(CREATED).when(restore, document_id=ID).then()
