"""What two typed in turns is taken back by laying out a bounded number of bodies, however often they took turns."""

from dataclasses import replace

import pytest

from commands.body_states import NOTHING
from commands.history import edits_taken
from commands.history.reversing import PastReversals
from commands.history.revert_contribution import REVERTED_RUNS_BYTES_MAX, Contribution
from commands.history.undo_edits import UNDONE_RUNS_MAX, OwnEdits, StepTaken, last_part
from domain.document.body import BodyKind
from domain.document.operations import DeleteRange, EditOperation, InsertText
from domain.document.transport import Transport
from domain.history.decisions import TooMuchHistory
from domain.history.events import Reversal
from domain.history.steps import Edit, Steps, steps
from domain.history.tree import Element
from infra.body.bodies import PycrdtBodies
from tests.history.random_pasts import ANA, BOB, BODIES, Past

TURNS = 40


class CountingBodies(PycrdtBodies):
    """The real ones, that count what is costly."""

    def __init__(self) -> None:
        self.layouts = 0
        self.merges = 0

    def identified(self, kind: BodyKind, state: bytes) -> Element:
        self.layouts += 1
        return super().identified(kind, state)

    def merge(self, updates: object) -> bytes:
        self.merges += 1
        return super().merge(updates)  # type: ignore[arg-type]


def taking_turns(*operations: EditOperation) -> tuple[Past, tuple[int, ...]]:
    """Return a document in which Ana did these again and again, Bob between them, and the versions of Ana's edits."""
    past = Past(BodyKind.PLAIN)
    past.write(BOB, InsertText(offset=0, text="rest "))
    for _ in range(TURNS):
        for operation in operations:
            past.write(ANA, operation)
        past.write(BOB, InsertText(offset=0, text="b"))
    return past, tuple(recorded.stream_version for recorded, _ in past.edits if recorded.actor == ANA)


def undone(past: Past, versions: tuple[int, ...], bodies: PycrdtBodies) -> str:
    taken = StepTaken(OwnEdits(past.edits, frozenset({ANA}), Steps()), frozenset(versions), past.copies)
    update, *_ = taken.back(bodies, past.kind, past.states[versions[0] - 1], past.now)
    return PycrdtBodies().texts(past.kind, PycrdtBodies().merge([past.now, update]))[0]


def typed_live(past: Past, versions: tuple[int, ...]) -> list[Edit]:
    """Return the edits as if they had been typed in one session without a pause."""
    edits = [past.edits[version - 1] for version in versions]
    at = edits[0][0].recorded_at
    return [
        (replace(recorded, recorded_at=at), replace(edit, transport=Transport.LIVE, session_id="one"))
        for recorded, edit in edits
    ]


def test_the_part_of_a_step_that_was_not_taken_back_is_the_next_to_undo() -> None:
    # given
    past, versions = taking_turns(InsertText(offset=0, text="a"))
    edits = typed_live(past, versions)
    assert steps(edits, []).undo == [versions]
    # when
    past.reverse(ANA, Reversal.UNDO)
    [(recorded, event)] = past.reversals
    found = steps(edits, [(recorded, replace(event, inverted=versions[5:]))])
    # then
    assert found.undo == [versions[:5]]


def test_of_runs_whose_bodies_are_more_than_is_held_at_once_the_last_ones_are_taken_back_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    past, versions = taking_turns(InsertText(offset=0, text="aa"), DeleteRange(offset=0, length=1))
    part = last_part(past.edits, versions, past.copies)
    taken = StepTaken(OwnEdits(past.edits, frozenset({ANA}), Steps()), frozenset(part), past.copies)
    before = past.states[part[0] - 1]
    for held_at_once, runs in ((1, 1), (7 * len(past.now), 3)):
        monkeypatch.setattr(edits_taken, "STATES_BYTES_MAX", held_at_once)
        # when
        update, _, undone_versions = taken.back(BODIES, past.kind, before, past.now)
        # then
        [text] = BODIES.texts(past.kind, BODIES.merge([past.now, update]))
        assert undone_versions == versions[-2 * runs :]
        assert text.count("a") == TURNS - runs


def test_what_only_added_text_is_taken_back_without_looking_at_the_bodies_between() -> None:
    past, versions = taking_turns(InsertText(offset=0, text="a"))
    bodies = CountingBodies()
    assert last_part(past.edits, versions, past.copies) == versions
    assert undone(past, versions, bodies) == "b" * TURNS + "rest "
    assert (bodies.layouts, bodies.merges) == (1, 0)


def test_of_many_runs_that_deleted_something_the_last_ones_are_taken_back_first() -> None:
    # given
    past, versions = taking_turns(InsertText(offset=0, text="aa"), DeleteRange(offset=0, length=1))
    bodies = CountingBodies()
    # when
    part = last_part(past.edits, versions, past.copies)
    text = undone(past, part, bodies)
    # then
    assert part == versions[-2 * UNDONE_RUNS_MAX :]
    assert text.count("a") == TURNS - UNDONE_RUNS_MAX
    assert bodies.layouts <= 2 * UNDONE_RUNS_MAX + 1
    assert bodies.merges <= 2 * UNDONE_RUNS_MAX


@pytest.mark.parametrize("is_large", [False, True])
def test_runs_of_a_large_body_are_reverted_in_smaller_parts_only(*, is_large: bool) -> None:
    # given
    past, _ = taking_turns(InsertText(offset=0, text="aa"), DeleteRange(offset=0, length=1))
    if is_large:
        past.write(BOB, InsertText(offset=0, text="b" * (REVERTED_RUNS_BYTES_MAX // TURNS)))
    contribution = Contribution(past.edits, PastReversals(all=[], version=0, copies=past.copies), NOTHING, {ANA}, None)
    bodies = CountingBodies()
    # when, then
    if is_large:
        with pytest.raises(TooMuchHistory):
            contribution.back(bodies, past.kind, past.now)
        assert bodies.layouts == bodies.merges == 0
    else:
        assert contribution.back(bodies, past.kind, past.now)[0]
