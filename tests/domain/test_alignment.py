"""Two versions are compared within an effort that is counted: what would take more is found to be other text."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.alignment import COMPARED_PAIRS_IN_ALL_MAX, COMPARED_PAIRS_MAX, Effort, aligned
from domain.document.words import word_changes
from domain.suggestion.hunks import replacement

items = st.lists(st.sampled_from("ab c"), max_size=30)


def spent(effort: Effort) -> int:
    return COMPARED_PAIRS_IN_ALL_MAX - effort.pairs_left


@given(items, items, st.integers(0, 200))
def test_whatever_the_effort_the_opcodes_lead_from_one_to_the_other(
    one: list[str], other: list[str], pairs: int
) -> None:
    opcodes = aligned(one, other, Effort(pairs))
    assert all((b, d) == (e, f) for (_, _, b, _, d), (_, e, _, f, _) in pairwise(opcodes))
    assert all((tag == "equal") == (one[a:b] == other[c:d]) for tag, a, b, c, d in opcodes if tag != "replace")
    assert [i for tag, a, b, c, d in opcodes for i in (one[a:b] if tag == "equal" else other[c:d])] == other


def test_many_equal_items_are_given_up_before_the_effort_is_spent() -> None:
    effort = Effort()
    opcodes = aligned(["0"] + ["a", "."] * 5_000 + ["1"], ["."] * 10_000, effort)
    assert [tag for tag, *_ in opcodes] == ["replace"]
    assert spent(effort) <= COMPARED_PAIRS_MAX


def test_items_without_an_equal_count_too() -> None:
    effort = Effort()
    aligned([str(i) for i in range(4_000)], [str(i) for i in reversed(range(4_000))], effort)
    assert 4_000 < spent(effort) <= COMPARED_PAIRS_MAX


def test_what_is_compared_for_one_change_is_counted_together() -> None:
    effort = Effort(100)
    assert aligned("abcde", "badec", effort) != [("replace", 0, 5, 0, 5)]
    while effort.pairs_left > 20:
        aligned("abcde", "badec", effort)
    assert aligned("xxxxxabcde", "xxxxxbadecc", effort)[0] == ("equal", 0, 5, 0, 5)
    assert effort.pairs_left >= 0


def test_words_of_very_many_equal_ones_are_other_words() -> None:
    effort = Effort()
    assert word_changes("000.001." * 420, "." * 3_360, effort) is None
    assert spent(effort) <= COMPARED_PAIRS_MAX


def test_a_long_text_that_is_changed_at_both_ends_keeps_its_words() -> None:
    middle = " ".join(f"word{i % 50}" for i in range(900))
    changes = word_changes(f"A {middle} end", f"The {middle} finish", Effort())
    assert changes is not None
    assert [(c.end - c.start, c.new_end - c.new_start) for c in changes] == [(1, 3), (3, 6)]


def test_blank_lines_against_very_many_are_replaced_without_being_matched() -> None:
    changed = len(replacement(["text", ""] * 120, 0, 240, [""] * 10_001))
    assert changed == 240  # all but the end, which both have, and one for all that is new
