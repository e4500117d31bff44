"""Presence as y-protocols carries it: for each client a clock and a JSON state, or none when it left."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.yjs import writer
from domain.yjs.limits import MessageLimits
from domain.yjs.reader import Malformed, Reader
from domain.yjs.values import read_json

_GONE: Final = "null"
_JSON_SPACE: Final = " \t\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwarenessEntry:
    client: int
    clock: int
    state: str | None  # a JSON text if the client is honest; None says that it left


def read_entries(update: bytes, limits: MessageLimits, error: type[Malformed]) -> tuple[AwarenessEntry, ...]:
    reader = Reader(update, error)
    entries = tuple(_read_entry(reader, limits) for _ in range(reader.uint(limits.entries_max)))
    reader.expect_end()
    return entries


def _read_entry(reader: Reader, limits: MessageLimits) -> AwarenessEntry:
    client = reader.uint(limits.client_id_max)
    clock = reader.uint(limits.clock_units_max)
    state = reader.string(limits.state_bytes_max)
    return AwarenessEntry(client=client, clock=clock, state=None if state.strip(_JSON_SPACE) == _GONE else state)


def state_in(text: str, limits: MessageLimits, error: type[Malformed]) -> Any:
    try:
        return read_json(text, limits.depth_levels_max)
    except ValueError:
        raise error("awareness state is not JSON or nested too deep", 0) from None


def write_entries(entries: Sequence[AwarenessEntry]) -> bytes:
    encoded = (
        writer.uint(entry.client)
        + writer.uint(entry.clock)
        + writer.string(_GONE if entry.state is None else entry.state)
        for entry in entries
    )
    return writer.uint(len(entries)) + b"".join(encoded)
