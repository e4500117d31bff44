"""A batch on the wire: arrays as PostgreSQL reads them, JSON and times in the one form that is hashed."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from psycopg import AsyncConnection

from infra.event_store import binary_arrays as arrays
from infra.event_store.batch import canonical_json, canonical_time


@given(st.dictionaries(st.text(), st.text()))
def test_json_is_spelled_in_one_way_whatever_is_in_it(value: dict[str, str]) -> None:
    assert canonical_json(value) == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-12, 12))
def test_a_moment_is_spelled_in_utc_with_microseconds(moment: datetime, hours: int) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(hours=hours))) if 1 < moment.year < 9999 else moment
    assert canonical_time(elsewhere) == moment.strftime(f"{moment.year:04}-%m-%dT%H:%M:%S.%fZ")


async def test_arrays_arrive_as_they_were(migrated_database: str) -> None:
    ids = [UUID(int=n) for n in (0, 1, 2**128 - 1)]
    sent = [
        arrays.texts(["", None, "Überblick ✓", "a" * 70_000]),
        arrays.byteas([b"", None, bytes(range(256))]),
        arrays.uuids([value.bytes for value in ids]),
        arrays.integers([0, 1, 2**31 - 1]),
        arrays.bigints([0, None, 2**62]),
        arrays.booleans([True, False]),
        arrays.texts([]),
        arrays.integers([]),
    ]
    async with await AsyncConnection.connect(migrated_database) as connection:
        arrays.teach(connection)
        cursor = await connection.execute(
            "SELECT %b::text[], %b::bytea[], %b::uuid[], %b::int[], %b::bigint[], %b::boolean[], %b::text[], %b::int[]",
            sent,
            binary=True,
        )
        row = await cursor.fetchone()
    assert row == (
        ["", None, "Überblick ✓", "a" * 70_000],
        [b"", None, bytes(range(256))],
        ids,
        [0, 1, 2**31 - 1],
        [0, None, 2**62],
        [True, False],
        [],
        [],
    )
