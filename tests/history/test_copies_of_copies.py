"""Text that is taken away and brought back again and again stays the same text, at the same cost."""

from domain.document.body import BodyKind
from domain.document.operations import InsertText
from domain.history.copies import Copies, Copy
from domain.history.events import Reversal
from domain.yjs.ids import IdRanges
from tests.history.random_pasts import ANA, BOB, Past

OFTEN = 3_000


def test_what_was_undone_and_redone_often_is_undone_once_more() -> None:
    past = Past(BodyKind.PLAIN)
    past.write(ANA, InsertText(offset=0, text="Ana"))
    past.write(BOB, InsertText(offset=0, text="Bob "))
    for _ in range(20):
        past.reverse(ANA, Reversal.UNDO)
        past.reverse(ANA, Reversal.REDO)
    assert past.text() == "Bob Ana"
    past.reverse(ANA, Reversal.UNDO)
    assert past.text() == "Bob "


def test_a_copy_of_a_copy_is_one_of_the_original() -> None:
    chain = [Copy(1, 0, 3, 0, 7), *(Copy(number + 1, 0, 3, number, 0) for number in range(1, OFTEN))]
    copies = Copies(chain)
    assert copies.root(OFTEN, 2) == (0, 9)
    assert copies.roots(IdRanges({OFTEN: [(0, 2)]})) == IdRanges({0: [(7, 9)]})


def test_copies_of_several_copies_lead_to_every_original() -> None:
    # given
    chain = [Copy(1, 0, 2, 0, 0), Copy(1, 2, 4, 0, 10)]
    for number in range(1, OFTEN):  # each of what is before it, a unit of it by itself
        chain += [Copy(number + 1, 0, 3, number, 0), Copy(number + 1, 3, 4, number, 3)]
    copies = Copies(chain)
    # when, then
    assert [copies.root(OFTEN, clock) for clock in range(4)] == [(0, 0), (0, 1), (0, 10), (0, 11)]
    assert copies.roots(IdRanges({OFTEN: [(1, 4)]})) == IdRanges({0: [(1, 2), (10, 12)]})


def test_what_is_no_copy_beside_one_stays_what_it_is() -> None:
    copies = Copies([Copy(1, 2, 4, 0, 0), Copy(2, 0, 6, 1, 0)])
    assert copies.roots(IdRanges({2: [(0, 6)]})) == IdRanges({0: [(0, 2)], 1: [(0, 2), (4, 6)]})
    assert copies.root(1, 4) == (1, 4)
