"""Events whose state is the library's business: recorded by its own mapper, sealed by us, refused in its words."""

import os
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import ApplicationRecorder, DataError, ProgrammingError, StoredEvent

from app.foundation import Foundation
from commands.event_log import APPEND_EVENTS_MAX, EVENT_BYTES_MAX
from domain.ids import StreamId
from domain.recorded import OF_A_LATER_VERSION, Unreadable
from infra.event_store.reading import AT_POSITIONS
from infra.event_store.recorder import RunningLog, TenantRecorder
from tests.event_log.conftest import LoopInAThread, somebody


class Dog(Aggregate):
    """An aggregate of the library's own kind, whose state is no business of ours."""

    INITIAL_VERSION = 0
    TOPIC = "kennel.dog"

    class Created(Aggregate.Created):
        TOPIC = "kennel.dog.registered"
        name: str

    class TrickAdded(Aggregate.Event):
        TOPIC = "kennel.dog.trick_added"
        trick: str

    @event(Created)
    def __init__(self, name: str) -> None:
        self.name = name
        self.tricks: list[str] = []

    @event(TrickAdded)
    def add_trick(self, trick: str) -> None:
        self.tricks.append(trick)


class Kennel(Application[UUID]):
    """The library's own mapper over our recorder."""

    def __init__(self, recorder: TenantRecorder) -> None:
        self._over = recorder
        super().__init__()

    def construct_recorder(self) -> ApplicationRecorder:
        return self._over


def test_an_application_of_the_library_runs_on_our_log(running_log: RunningLog) -> None:
    kennel = Kennel(TenantRecorder(running_log, somebody()))
    dog = Dog("Fido")
    dog.add_trick("roll over")
    kennel.save(dog)
    again: Dog = kennel.repository.get(dog.id)
    again.add_trick("play dead")
    kennel.save(again)
    copy: Dog = kennel.repository.get(dog.id)
    assert (copy.name, copy.tricks) == ("Fido", ["roll over", "play dead"])
    assert [item.topic for item in kennel.notification_log["1,10"].items] == [
        "kennel.dog.registered",
        *["kennel.dog.trick_added"] * 2,
    ]


def test_what_an_application_of_the_library_records_is_sealed_and_the_product_passes_over_it(
    running_log: RunningLog, running_foundation: tuple[Foundation, LoopInAThread]
) -> None:
    context, stream = somebody(), uuid4()
    TenantRecorder(running_log, context).insert_events([StoredEvent(stream, 0, "kennel.opened", b"\xffInitech")])
    foundation, inside = running_foundation
    (recorded,) = inside.wait(foundation.log.load(StreamId(stream), context))
    assert recorded.event == Unreadable("kennel.opened", OF_A_LATER_VERSION)
    (fetched,) = inside.wait(foundation.log.stored(context, AT_POSITIONS, [[1]]))
    (segment,) = fetched.segments
    assert segment.ciphertext
    assert b"Initech" not in segment.ciphertext


def test_what_cannot_be_recorded_is_refused_in_the_librarys_words_and_nothing_is_written(
    running_log: RunningLog,
) -> None:
    recorder, stream = TenantRecorder(running_log, somebody()), uuid4()
    fine = StoredEvent(stream, 0, "kennel.opened", b"")
    refusals = {
        "a Python path": (replace(fine, topic="kennel.models:Dog.Registered"), ProgrammingError),
        "a name of ours": (replace(fine, topic="document.created.v1"), ProgrammingError),
        "an id that is no UUID": (replace(fine, originator_id="dog-1"), ProgrammingError),
        "too large": (replace(fine, state=os.urandom(EVENT_BYTES_MAX + 1)), DataError),
    }
    for why, (stored, expected) in refusals.items():
        with pytest.raises(expected):
            recorder.insert_events([fine, replace(stored, originator_version=1)])
        assert recorder.max_notification_id() is None, why
    with pytest.raises(DataError):
        recorder.insert_events([replace(fine, originator_version=n) for n in range(APPEND_EVENTS_MAX + 1)])
    with pytest.raises(ProgrammingError):
        recorder.insert_events([fine], tracking=object())
    assert recorder.max_notification_id() is None


async def test_the_thread_of_the_loop_is_refused_instead_of_waiting_for_itself(
    running_foundation: tuple[Foundation, LoopInAThread], running_log: RunningLog
) -> None:
    _, inside = running_foundation

    async def from_inside() -> None:
        TenantRecorder(running_log, somebody()).max_notification_id()

    with pytest.raises(ProgrammingError, match="thread"):
        inside.wait(from_inside())
