"""A growing set of ids says the same as the immutable one."""

from hypothesis import given
from hypothesis import strategies as st

from domain.yjs.ids import NO_IDS, IdRanges
from domain.yjs.range_set import IdRangeSet

SPAN = st.tuples(st.integers(0, 60), st.integers(1, 8)).map(lambda s: (s[0], s[0] + s[1]))
IDS = st.dictionaries(st.integers(1, 3), st.lists(SPAN, max_size=4), max_size=3).map(IdRanges)


@given(st.lists(IDS, max_size=12), IDS)
def test_it_contains_what_was_added_and_nothing_else(added: list[IdRanges], asked: IdRanges) -> None:
    growing, whole = IdRangeSet(), NO_IDS
    for ids in added:
        growing.add(ids)
        whole = whole.union(ids)
    assert growing.contains(whole)
    assert growing.contains(asked) == whole.contains(asked)
    assert growing.copy().contains(asked) == whole.contains(asked)


def test_a_copy_goes_its_own_way() -> None:
    growing = IdRangeSet()
    copied = growing.copy()
    growing.add(IdRanges({1: [(0, 5)]}))
    assert not copied.contains(IdRanges({1: [(0, 1)]}))
