"""Relative positions as Yjs encodes them are read, and nothing else is."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.yjs.positions import MalformedPosition, RelativePosition, position_at, read_position

CLIENTS = st.integers(0, 2**53 - 1)
CLOCKS = st.integers(0, 2**31 - 1)


@given(CLIENTS, CLOCKS, st.booleans())
def test_what_is_written_is_read_back(client: int, clock: int, is_behind: bool) -> None:  # noqa: FBT001  # generated
    written = position_at((client, clock), is_behind=is_behind)
    assert read_position(written) == RelativePosition(item=(client, clock), is_behind=is_behind)


@pytest.mark.parametrize(
    ("encoded", "meant"),
    [
        # What yjs 13.6.33 writes for an item, before and behind it, for the end of a root and of a type.
        ("00070300", RelativePosition(item=(7, 3))),
        ("00070341", RelativePosition(item=(7, 3), is_behind=True)),
        ("0107636f6e74656e7400", RelativePosition(root="content")),
        ("02070300", RelativePosition(type=(7, 3))),
        # Before there was an association.
        ("000703", RelativePosition(item=(7, 3))),
    ],
)
def test_each_kind_is_understood(encoded: str, meant: RelativePosition) -> None:
    assert read_position(bytes.fromhex(encoded)) == meant


@pytest.mark.parametrize(
    "encoded",
    ["", "03", "00", "0007", "0007030000", "000703ff", "00ffffffffffffffffff0100", "01ff7f", "0102c328" + "00"],
)
def test_anything_else_is_refused(encoded: str) -> None:
    with pytest.raises(MalformedPosition):
        read_position(bytes.fromhex(encoded))


@given(st.binary(max_size=400))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(MalformedPosition):
        read_position(data)
