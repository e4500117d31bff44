"""Text that one update deletes and inserts again is the same text; other text that resembles it is not."""

from hypothesis import given
from hypothesis import strategies as st

from domain.history.copies import Copy
from domain.history.moves import Piece, copies_in

ANA, BEN, AI = 1, 2, 9


def test_the_rest_of_a_paragraph_that_is_split_stands_for_what_it_was() -> None:
    assert copies_in([Piece(BEN, 7, "brave world")], [Piece(ANA, 6, "brave world")]) == (Copy(BEN, 7, 18, ANA, 6),)


def test_text_of_several_is_each_of_theirs() -> None:
    deleted = [Piece(ANA, 0, "brave n"), Piece(ANA, 8, "w world"), Piece(AI, 3, "e")]
    assert copies_in([Piece(BEN, 0, "brave new world")], deleted) == (
        Copy(BEN, 0, 7, ANA, 0),
        Copy(BEN, 7, 8, AI, 3),
        Copy(BEN, 8, 15, ANA, 8),
    )


def test_text_with_marks_comes_in_parts_of_which_some_are_short() -> None:
    inserted = [Piece(BEN, 0, "a brave "), Piece(BEN, 9, "new"), Piece(BEN, 13, " world")]
    assert copies_in(inserted, [Piece(ANA, 20, "a brave new world")]) == (
        Copy(BEN, 0, 8, ANA, 20),
        Copy(BEN, 9, 12, ANA, 28),
        Copy(BEN, 13, 19, ANA, 31),
    )


def test_several_runs_are_found_whichever_comes_first() -> None:
    inserted = [Piece(BEN, 0, "second"), Piece(BEN, 6, "first")]
    assert copies_in(inserted, [Piece(ANA, 0, "first"), Piece(AI, 0, "second")]) == (
        Copy(BEN, 0, 6, AI, 0),
        Copy(BEN, 6, 11, ANA, 0),
    )


def test_what_only_resembles_what_was_there_is_whoever_wrote_it() -> None:
    assert copies_in([Piece(BEN, 0, "the dog is there")], [Piece(ANA, 0, "the cat sat on the mat")]) == ()


def test_so_little_may_as_well_have_been_typed_again() -> None:
    assert copies_in([Piece(BEN, 0, "the")], [Piece(ANA, 0, "the")]) == ()


def test_a_long_run_is_found_between_what_was_typed() -> None:
    inserted = [Piece(BEN, 0, "so: a brave new world of ours!")]
    assert copies_in(inserted, [Piece(ANA, 50, "a brave new world of ours")]) == (Copy(BEN, 4, 29, ANA, 50),)


def test_what_was_taken_out_once_is_put_in_once() -> None:
    inserted = [Piece(BEN, 0, "brave world"), Piece(BEN, 20, "brave world")]
    assert copies_in(inserted, [Piece(ANA, 6, "brave world")]) == (Copy(BEN, 0, 11, ANA, 6),)


def test_no_half_of_a_character_is_anybodys() -> None:
    # 🦙 and 🦚 begin with the same half.
    assert copies_in([Piece(BEN, 0, "\ud83e\udd99")], [Piece(ANA, 0, "\ud83e\udd9a")]) == ()
    assert copies_in([Piece(BEN, 0, "abc\ud83e\udd99")], [Piece(ANA, 0, "abc\ud83e\udd9a")]) == ()
    assert copies_in([Piece(BEN, 0, "abc\ud83e\udd99")], [Piece(ANA, 0, "abc\ud83e\udd99")]) != ()


PIECES = st.lists(st.tuples(st.integers(0, 2), st.text("ab🦙", min_size=1, max_size=24)), max_size=6)


def placed(texts: list[tuple[int, str]], first_client: int) -> list[Piece]:
    found, clock = [], 0
    for client, text in texts:
        units = "".join(map(chr, memoryview(text.encode("utf-16-le")).cast("H")))
        found.append(Piece(first_client + client, clock, units))
        clock += len(units) + client
    return found


def units_of(pieces: list[Piece]) -> dict[tuple[int, int], str]:
    return {(p.client, p.clock + i): unit for p in pieces for i, unit in enumerate(p.units)}


@given(PIECES, PIECES)
def test_each_id_stands_for_one_of_the_same_text_that_no_other_stands_for(
    new: list[tuple[int, str]], old: list[tuple[int, str]]
) -> None:
    inserted, deleted = placed(new, 10), placed(old, 20)
    news, olds = units_of(inserted), units_of(deleted)
    found = [
        ((copy.client, clock), (copy.of_client, copy.of_start + clock - copy.start))
        for copy in copies_in(inserted, deleted)
        for clock in range(copy.start, copy.end)
    ]
    assert all(news[id_] == olds[of] for id_, of in found)
    assert len({id_ for id_, _ in found}) == len({of for _, of in found}) == len(found)
