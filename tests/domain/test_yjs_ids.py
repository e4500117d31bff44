"""Sets of Yjs ids behave as the sets of single ids that they stand for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.yjs.ids import NO_IDS, IdRanges

spans = st.tuples(st.integers(0, 40), st.integers(0, 10)).map(lambda span: (span[0], span[0] + span[1]))
id_ranges = st.dictionaries(st.integers(1, 3), st.lists(spans, max_size=6), max_size=3).map(IdRanges)


def single_ids(ranges: IdRanges) -> set[tuple[int, int]]:
    return {(client, clock) for client, start, end in ranges for clock in range(start, end)}


@given(id_ranges, id_ranges)
def test_set_algebra_is_that_of_single_ids(left: IdRanges, right: IdRanges) -> None:
    assert single_ids(left.union(right)) == single_ids(left) | single_ids(right)
    assert single_ids(left.minus(right)) == single_ids(left) - single_ids(right)
    assert single_ids(left.intersection(right)) == single_ids(left) & single_ids(right)
    assert left.contains(right) == (single_ids(right) <= single_ids(left))
    assert left.is_empty == (not single_ids(left))
    assert left.count == len(single_ids(left))


@given(id_ranges, id_ranges)
def test_equal_sets_are_equal_however_they_were_made(left: IdRanges, right: IdRanges) -> None:
    one, other = left.union(right), right.union(left).minus(NO_IDS)

    assert one == other
    assert hash(one) == hash(other)


@given(id_ranges)
def test_a_round_trip_through_json_changes_nothing(ranges: IdRanges) -> None:
    assert IdRanges.from_tuples(json.loads(json.dumps(ranges.to_tuples()))) == ranges


def test_touching_and_overlapping_ranges_become_one() -> None:
    assert IdRanges({7: [(5, 9), (0, 3), (3, 5), (8, 12)]}).to_tuples() == ((7, ((0, 12),)),)


@pytest.mark.parametrize("span", [(-1, 2), (5, 4)])
def test_a_range_that_runs_backwards_or_starts_below_zero_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="runs forward"):
        IdRanges({1: [span]})
