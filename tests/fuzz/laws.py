"""What must hold for whatever bytes come: nothing but Malformed is raised, and reading costs no more than the bytes."""

import sys
from contextlib import suppress
from types import FrameType
from typing import Self

from domain.yjs import hocuspocus, protocol, writer
from domain.yjs.ids import IdRanges
from domain.yjs.known import KnownIds
from domain.yjs.reader import Malformed
from domain.yjs.update import UpdateContents, read_update
from tests.fuzz.crdt import Applied, Crdt

CALLS_PER_BYTE_MAX = 60
CALLS_AT_LEAST = 400


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


def check_update(data: bytes, crdt: Crdt) -> None:
    """Raise AssertionError when an update shows a fault."""
    contents = read_within_bounds(data)
    if contents is None:
        return
    assert contents.inserted.contains(contents.text)
    assert contents.inserted.contains(contents.tombstones)
    assert contents.text.intersection(contents.tombstones).is_empty
    applied = crdt.apply(data)  # whatever it says, it lives
    if applied is not None:
        _same_ids(contents, applied)


def _same_ids(contents: UpdateContents, applied: Applied) -> None:
    ends = {client: ranges[-1][1] for client, ranges in contents.inserted.by_client()}
    assert all(clock <= ends.get(client, 0) for client, clock in applied.clocks.items()), "ids that nobody sent"
    if not KnownIds().lacks(contents):
        assert applied.clocks == ends, "other ids than were applied"
        assert applied.held == IdRanges({client: [(0, end)] for client, end in ends.items()}), "not what is held"
        assert applied.deleted.contains(contents.deleted.minus(contents.tombstones)), "deletions that were not applied"
        assert applied.live == contents.text.minus(applied.deleted), "not the text that can be read"
    assert contents.inserted.contains(applied.deleted), "deletions of ids that were not sent"


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
