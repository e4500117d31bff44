"""An `eventsourcing` application of our Mapper and recorder: what it saves is in the log like everything else."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

import pytest
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Mapper,
)
from uuid_utils.compat import uuid7

from app.foundation import Foundation
from domain.directory.events import MemberAdded
from domain.directory.roles import Role
from domain.document.body import BodyKind
from domain.document.events import DocumentCreated, DocumentRenamed
from domain.document.state import Document, evolve
from domain.ids import DocumentId, MemberId, StreamId
from domain.recorded import WAS_ERASED, Unreadable
from domain.sealed import ERASED, KeyScope, Sealed, personal
from infra.event_store.mapper import PUBLISHED, Language, PlacedEvent
from infra.event_store.recorder import RunningLog, TenantRecorder
from tenancy.context import TenantContext
from tests.event_log.conftest import LoopInAThread, somebody


class DocumentsOfATenant(Application[UUID]):
    """Documents as the library would have them: our events, their Mapper, their place in the log."""

    def __init__(self, log: RunningLog, context: TenantContext, language: Language = PUBLISHED) -> None:
        self._over = TenantRecorder(log, context)
        self._language = language
        super().__init__()

    def construct_mapper(self) -> Mapper[UUID]:
        return self._over.mapper(self._language)

    def construct_recorder(self) -> ApplicationRecorder:
        return self._over

    def document(self, document_id: UUID) -> "SavedDocument":
        saved: SavedDocument = self.repository.get(document_id, projector_func=folded)
        return saved


@dataclass(frozen=True, slots=True)
class SavedDocument:
    id: UUID
    version: int
    document: Document


def folded(saved: SavedDocument | None, events: Iterable[PlacedEvent]) -> SavedDocument | None:
    for placed in events:
        before = Document() if saved is None else saved.document
        after = before if isinstance(placed.event, Unreadable) else evolve(before, placed.event)  # type: ignore[arg-type]
        saved = SavedDocument(placed.originator_id, placed.originator_version, after)
    return saved


def created(document_id: UUID) -> PlacedEvent:
    event = DocumentCreated(document_id=DocumentId(document_id), title="Merger", body=BodyKind.RICH)
    return PlacedEvent(document_id, 0, event)


def renamed(document_id: UUID, version: int, title: str) -> PlacedEvent:
    return PlacedEvent(document_id, version, DocumentRenamed(document_id=DocumentId(document_id), title=title))


def test_what_is_saved_is_got_again_and_listed_in_its_order(running_log: RunningLog) -> None:
    app, one, other = DocumentsOfATenant(running_log, somebody()), uuid7(), uuid7()
    recordings = app.save(created(one), created(other), renamed(one, 1, "Merger with Initech"))
    assert [recording.notification.id for recording in recordings] == [1, 2, 3]
    assert app.document(one).document.title == "Merger with Initech"
    assert app.repository.get(one, version=0, projector_func=folded).document.title == "Merger"
    with pytest.raises(AggregateNotFoundError):
        app.document(uuid7())
    section = app.notification_log["1,10"]
    assert section.id == "1,3"
    listed = [app.mapper.to_domain_event(notification) for notification in section.items]
    assert listed == [created(one), created(other), renamed(one, 1, "Merger with Initech")]


def test_a_stream_that_moved_on_takes_nothing_of_what_was_decided_before(running_log: RunningLog) -> None:
    app, document_id = DocumentsOfATenant(running_log, somebody()), uuid7()
    app.save(created(document_id))
    for versions in ((0,), (2,), (1, 1), (1, 3)):
        with pytest.raises(IntegrityError):
            app.save(*(renamed(document_id, version, "Never") for version in versions))
    assert app.document(document_id).document.title == "Merger"


def test_the_product_reads_what_the_application_saved_and_the_other_way_round(
    running_log: RunningLog, running_foundation: tuple[Foundation, LoopInAThread]
) -> None:
    foundation, inside = running_foundation
    context, document_id = somebody(), uuid7()
    DocumentsOfATenant(running_log, context).save(created(document_id))
    (recorded,) = inside.wait(foundation.log.load(StreamId(document_id), context))
    assert (recorded.event, recorded.stream_version, recorded.position) == (created(document_id).event, 1, 1)


def test_another_tenants_application_sees_nothing_of_it(running_log: RunningLog) -> None:
    ours, theirs = DocumentsOfATenant(running_log, somebody()), DocumentsOfATenant(running_log, somebody())
    document_id = uuid7()
    ours.save(created(document_id))
    assert theirs.recorder.max_notification_id() is None
    assert theirs.recorder.select_events(document_id) == []


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleagueHired(Sealed):
    """As it was called two versions ago."""

    subject_of: ClassVar[str | None] = "id"
    id: UUID
    called: str = personal()


FORMER = Language({}, {ColleagueHired: "colleague.hired.v1"}, {})
PRESENT = replace(
    PUBLISHED,
    upcasts={
        "colleague.hired.v1": ("colleague.hired.v2", lambda p: {"id": p["id"], "name": p["called"]}),
        "colleague.hired.v2": (
            "member.added.v1",
            lambda p: {"member_id": p["id"], "email": "ana@acme.example", "name": p["name"], "role": "editor"},
        ),
    },
)


def test_bytes_that_were_stored_two_versions_ago_are_read_as_events_of_today(
    running_log: RunningLog, running_foundation: tuple[Foundation, LoopInAThread]
) -> None:
    context, member_id = somebody(), uuid7()
    former = DocumentsOfATenant(running_log, context, FORMER)
    former.save(PlacedEvent(member_id, 0, ColleagueHired(id=member_id, called="Ana")))
    present = DocumentsOfATenant(running_log, context, PRESENT)
    (placed,) = present.events.get(member_id)
    assert placed == PlacedEvent(member_id, 0, member(member_id, "Ana"))
    # And when the person is erased, what is left of it.
    foundation, inside = running_foundation
    inside.wait(foundation.keyring.destroy(context, KeyScope.SUBJECT, [member_id]))
    (placed,) = present.events.get(member_id)
    assert placed == PlacedEvent(member_id, 0, member(member_id, ERASED))


def member(member_id: UUID, name: str) -> MemberAdded:
    return MemberAdded(member_id=MemberId(member_id), email="ana@acme.example", name=name, role=Role.EDITOR)


def test_an_erased_document_is_got_without_its_content(
    running_log: RunningLog, running_foundation: tuple[Foundation, LoopInAThread]
) -> None:
    foundation, inside = running_foundation
    context, document_id = somebody(), uuid7()
    app = DocumentsOfATenant(running_log, context)
    app.save(created(document_id))
    inside.wait(foundation.keyring.destroy(context, KeyScope.DOCUMENT, [document_id]))
    unreadable = PlacedEvent(document_id, 0, Unreadable("document.created.v1", WAS_ERASED))
    assert list(app.events.get(document_id)) == [unreadable]
    assert app.document(document_id).document == Document()
