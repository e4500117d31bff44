"""Applies updates from its input, each to a document of its own, and says what came of it."""

import json
import sys
from collections.abc import Iterator
from typing import Any

from pycrdt import Decoder

from commands.bodies import BodyUnreadable
from domain.document.body import BodyKind, ContentFormat
from domain.errors import DomainError
from domain.provenance.live_text import held_and_live
from domain.yjs.depth import DOCUMENT_DEPTH_LEVELS_MAX, nesting_levels
from infra.body.bodies import PycrdtBodies
from infra.body.crdt import guarded, open_document, plain_root, rich_root

BODIES = PycrdtBodies()
Ranges = list[tuple[int, list[tuple[int, int]]]]


def main() -> None:
    while size := sys.stdin.buffer.read(4):
        before = sys.stdin.buffer.read(int.from_bytes(size))
        update = sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(4)))
        try:
            told: dict[str, object] | None = applied(update, before)
        except BodyUnreadable:
            told = None
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def applied(update: bytes, before: bytes = b"") -> dict[str, object]:
    """As a room takes an update in, and as readers see what it left."""
    with guarded():
        document = open_document(before)
        rich_root(document)
        plain_root(document)
        deletions: list[bytes] = []

        def note(event: Any) -> None:
            deletions.append(event.delete_set)

        subscription = document.observe(note)
        document.apply_update(update)
        document.unobserve(subscription)
        state, vector = document.get_update(), document.get_state()
    clocks = _clocks(vector)
    held, live = held_and_live(state)
    if nesting_levels(state) <= DOCUMENT_DEPTH_LEVELS_MAX:
        _show(state)
    return {
        "clocks": clocks,
        "deleted": [one for each in deletions for one in _delete_set(each)],
        "held": held.to_tuples(),
        "live": live.to_tuples(),
    }


def _show(state: bytes) -> None:
    for kind in BodyKind:
        try:
            BODIES.merge([state])
            BODIES.render(kind, state, ContentFormat.MARKDOWN)
            BODIES.identified(kind, state)
        except DomainError:
            continue


def _clocks(vector: bytes) -> list[tuple[int, int]]:
    decoder = Decoder(vector)
    return [(decoder.read_var_uint(), decoder.read_var_uint()) for _ in range(decoder.read_var_uint())]


def _delete_set(data: bytes) -> Ranges:
    decoder = Decoder(data)
    return [(decoder.read_var_uint(), list(_ranges(decoder))) for _ in range(decoder.read_var_uint())]


def _ranges(decoder: Decoder) -> Iterator[tuple[int, int]]:
    for _ in range(decoder.read_var_uint()):
        clock = decoder.read_var_uint()
        yield clock, clock + decoder.read_var_uint()


if __name__ == "__main__":
    main()
