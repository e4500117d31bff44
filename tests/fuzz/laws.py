"""What must hold for whatever bytes come: nothing but Malformed is raised, and reading costs no more than the bytes."""

import sys
from contextlib import suppress
from types import FrameType
from typing import Self

from domain.yjs import hocuspocus, protocol, writer
from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.ids import IdRanges
from domain.yjs.known import KnownIds
from domain.yjs.reader import Malformed
from domain.yjs.update import UpdateContents, read_update
from infra.body.bodies import PycrdtBodies
from tests.fuzz.crdt import Applied, Crdt

CALLS_PER_BYTE_MAX = 60
CALLS_AT_LEAST = 400
BODIES = PycrdtBodies()
NOTHING = read_update(b"\0\0")


class Calls:
    """Counts the calls of Python functions: a measure of work that no busy machine changes."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Self:
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, _frame: FrameType, event: str, _argument: object) -> None:
        self.count += event == "call"


def read_within_bounds(data: bytes) -> UpdateContents | None:
    """Return what an update holds, or None when it is refused."""
    with Calls() as calls:
        try:
            contents = read_update(data)
        except Malformed:
            contents = None
    assert calls.count <= CALLS_AT_LEAST + CALLS_PER_BYTE_MAX * len(data), "reading costs more than the bytes"
    if contents is not None:
        ranges = sum(1 for ids in (contents.inserted, contents.deleted, contents.text) for _ in ids)
        assert ranges + len(contents.references) <= 4 * len(data), "more is kept than was sent"
    return contents


def check_update(data: bytes, crdt: Crdt, before: bytes = b"") -> None:
    """Raise AssertionError when an update shows a fault, in an empty document or in one that has this state."""
    contents = read_within_bounds(data)
    if contents is None:
        return
    assert contents.inserted.contains(contents.text)
    assert contents.inserted.contains(contents.tombstones)
    assert contents.text.intersection(contents.tombstones).is_empty
    applied = crdt.apply(data, before)  # whatever it says, it lives
    if applied is not None:
        held = read_update(before, OWN_STATE_LIMITS) if before else NOTHING
        _same_ids(held, contents, applied)


def _same_ids(before: UpdateContents, update: UpdateContents, applied: Applied) -> None:
    ids = before.inserted.union(update.inserted)
    ends = {client: ranges[-1][1] for client, ranges in ids.by_client()}
    assert all(clock <= ends.get(client, 0) for client, clock in applied.clocks.items()), "ids that nobody sent"
    assert ids.contains(applied.deleted), "deletions of ids that were not sent"
    known = KnownIds()
    known.add(before)
    if known.lacks(update):
        return
    assert applied.clocks == ends, "other ids than were applied"
    assert applied.held == IdRanges({client: [(0, end)] for client, end in ends.items()}), "not what is held"
    gone = applied.deleted.union(before.deleted)
    new = update.inserted.minus(before.inserted)
    tombstones = before.tombstones.union(update.tombstones.intersection(new))
    assert gone.contains(update.deleted.minus(tombstones)), "deletions that were not applied"
    text = before.text.union(update.text.intersection(new))
    assert applied.live == text.minus(gone), "not the text that can be read"


def state_of(update: bytes) -> bytes:
    """Return a document with what an update brings, if it is let in and leans on nothing that is not there."""
    try:
        read = read_update(update)
    except Malformed:
        return b""
    return BODIES.merge([update]) if not KnownIds().lacks(read) else b""


def check_message(data: bytes) -> None:
    """Messages, state vectors and presence: refused, or read and written again as the same."""
    with Calls() as calls, suppress(Malformed):
        protocol.read_state_vector(data)
    assert calls.count <= CALLS_AT_LEAST + CALLS_PER_BYTE_MAX * len(data)
    with Calls() as calls:
        try:
            message = protocol.read_message(data)
        except Malformed:
            return
    assert calls.count <= CALLS_AT_LEAST + CALLS_PER_BYTE_MAX * len(data)
    assert protocol.read_message(protocol.write_message(message)) == message


def check_frame(data: bytes) -> None:
    """Frames that carry a document's name: refused, or taken apart without loss, and so is what they carry."""
    with Calls() as calls:
        try:
            frame = hocuspocus.read_frame(data)
        except Malformed:
            return
        with suppress(Malformed):
            hocuspocus.read_body(frame.body)
    assert calls.count <= CALLS_AT_LEAST + CALLS_PER_BYTE_MAX * len(data)
    assert writer.string(frame.address) + frame.body == data
