"""Of every character of random concurrent histories the platform says what the oracle knows."""

import secrets
from collections import Counter
from dataclasses import replace

import pytest

from domain.actor import Actor
from domain.document.events import EditsRecorded
from domain.history.events import EditsReversed
from domain.provenance.attribution import Attribution, Origin
from domain.provenance.id_map import Claim, IdMap
from domain.yjs.ids import IdRanges
from tests.provenance.oracle.checking import check

HISTORIES = 150
TURNS = 60


def test_every_character_is_credited_as_the_oracle_knows() -> None:
    first = secrets.randbits(40)
    for seed in range(first, first + HISTORIES):
        print(f"history {seed}")  # noqa: T201 - the last one told is the one that failed
        check(seed, TURNS)


def test_the_histories_hold_what_they_are_to_try() -> None:
    """An oracle that agrees about nothing in particular would prove nothing."""
    checked = [check(seed, TURNS) for seed in range(50)]
    origins, taken_back = Counter[Origin](), Counter[str]()
    for one in checked:
        origins += one.origins
        taken_back += one.taken_back
    assert set(origins) == set(Origin)
    assert set(taken_back) == {"restore", "undo", "redo", "revert"}
    assert sum(one.relayed for one in checked) > 0
    assert sum(one.spared for one in checked) > 0
    assert sum(one.moved for one in checked) > 0
    assert sum(one.uncertain for one in checked) < sum(one.characters for one in checked) / 20


class BelievesWhoeverSends(IdMap):
    def _credited(self, client: int, edits: EditsRecorded, own: Attribution) -> Attribution:
        del client, edits
        return own


class OverlooksPresence(IdMap):
    def _claim(self, new: IdRanges, edits: EditsRecorded, own: Attribution) -> None:
        super()._claim(new, replace(edits, of_others=()), own)


class ForgetsCopies(IdMap):
    def copied(self, reversed_: EditsReversed, **facts: object) -> None:
        pass


class ForgetsMoves(IdMap):
    def record(self, edits: EditsRecorded, *, actor: Actor, **facts: object) -> None:
        super().record(replace(edits, copies=()), actor=actor, **facts)  # type: ignore[arg-type]


class LetsTheLastOneWin(IdMap):
    def record(self, edits: EditsRecorded, *, actor: Actor, **facts: object) -> None:
        self._stretches.clear()
        super().record(edits, actor=actor, **facts)  # type: ignore[arg-type]


class LetsSessionsOwnSeveral(IdMap):
    def _claim(self, new: IdRanges, edits: EditsRecorded, own: Attribution) -> None:
        del edits
        for client in new.clients():
            self._claims.setdefault(client, Claim(client=client, session_id="", attribution=own, is_live=True))


@pytest.mark.parametrize(
    "broken",
    [BelievesWhoeverSends, OverlooksPresence, ForgetsCopies, ForgetsMoves, LetsTheLastOneWin, LetsSessionsOwnSeveral],
)
def test_a_broken_platform_does_not_get_past_the_oracle(broken: type[IdMap]) -> None:
    def all_are_right() -> None:
        for seed in range(60):
            check(seed, TURNS, broken())

    with pytest.raises(AssertionError):
        all_are_right()
