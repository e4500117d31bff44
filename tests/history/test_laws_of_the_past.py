"""What holds of every past: restoring is exact, undo and redo meet again, others' text stays, authors stay."""

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.actor import Actor
from domain.document.events import EditsRecorded
from domain.history.events import EditsReversed, Reversal
from domain.history.tree import ids_of
from domain.provenance.id_map import IdMap
from tests.history.random_pasts import ANA, AUTHORS, BOB, BODIES, Past, pasts

quick = settings(max_examples=15, deadline=None)


@quick
@given(pasts(), st.data())
def test_restoring_a_state_gives_exactly_what_it_was_and_restoring_it_again_changes_nothing(
    past: Past, data: st.DataObject
) -> None:
    state = data.draw(st.sampled_from(past.states))
    past.restore(BOB, state)
    assert past.shown() == past.shown(state)
    versions = len(past.states)
    past.restore(ANA, state)
    assert len(past.states) == versions


@quick
@given(pasts(), st.data())
def test_what_stays_when_a_state_is_restored_keeps_its_ids(past: Past, data: st.DataObject) -> None:
    state = data.draw(st.sampled_from(past.states))

    def raw(one: bytes) -> set[tuple[int, int]]:
        return set(ids_of(BODIES.identified(past.kind, one), lambda client, clock: (client, clock)))

    in_both = raw(past.now) & raw(state)
    past.restore(BOB, state)
    assert raw(past.now) >= in_both


@quick
@given(pasts(), st.sampled_from(AUTHORS))
def test_undo_and_then_redo_is_as_if_nothing_had_been(past: Past, author: Actor) -> None:
    if past.can(author, Reversal.UNDO):
        before = past.shown()
        past.reverse(author, Reversal.UNDO)
        past.reverse(author, Reversal.REDO)
        assert past.shown() == before


@quick
@given(pasts())
def test_undoing_keeps_every_character_of_the_other(past: Past) -> None:
    while past.can(ANA, Reversal.UNDO):
        written_by_bob = past.living(BOB)
        is_own_writing = past.next_is_own_writing(ANA)
        past.reverse(ANA, Reversal.UNDO)
        # Undoing a restore takes away again what it brought back, whoever wrote that.
        assert not is_own_writing or past.living(BOB) >= written_by_bob


@quick
@given(pasts())
def test_reverting_one_keeps_every_living_character_of_the_other(past: Past) -> None:
    written_by_bob = past.living(BOB)
    past.revert(ANA)
    assert past.living(BOB) >= written_by_bob


@quick
@given(pasts(), st.data())
def test_what_comes_back_is_credited_to_who_wrote_it(past: Past, data: st.DataObject) -> None:
    past.restore(BOB, data.draw(st.sampled_from(past.states)))
    id_map = IdMap()
    for recorded, event in sorted([*past.edits, *past.reversals], key=lambda one: one[0].position):
        if isinstance(event, EditsReversed):
            id_map.copied(event, at=recorded.recorded_at, position=recorded.position)
        elif isinstance(event, EditsRecorded):
            id_map.record(event, actor=recorded.actor, at=recorded.recorded_at, position=recorded.position)
    author = {
        (stretch.client, clock): stretch.attribution.author
        for stretch in id_map.stretches()
        for clock in range(stretch.start, stretch.end)
    }
    tree = BODIES.identified(past.kind, past.now)
    for raw, root in zip(
        ids_of(tree, lambda client, clock: (client, clock)), ids_of(tree, past.copies.root), strict=True
    ):
        assert author[raw] == author[root]
