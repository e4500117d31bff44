"""What the platform brings back and takes away in a random history: restore, undo, redo, revert."""

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from commands.body_states import NOTHING
from commands.history.revert_contribution import Contribution
from commands.history.undo_edits import OwnEdits, StepTaken
from domain.actor import Actor
from domain.history.copies import Copy
from domain.history.events import Reversal
from domain.history.steps import steps
from infra.body.bodies import PycrdtBodies
from tests.provenance.oracle.book import Book
from tests.provenance.oracle.layout import Id
from tests.provenance.oracle.log import Log

BODIES = PycrdtBodies()


class TakingBack:
    def __init__(
        self, log: Log, book: Book, random: Random, client_id: Callable[[], int], counts: Counter[str]
    ) -> None:
        self._log, self._book, self._random, self._client_id = log, book, random, client_id
        self._counts = counts

    def restore(self) -> None:
        if not self._log.moments:
            return
        then = self._random.choice(self._log.moments)
        target = BODIES.identified(self._log.kind, then.state)
        root = self._log.past.copies.root
        update, copies = BODIES.rewrite(self._log.kind, self._log.now, target, self._client_id(), root)
        brought = self._reversed(Reversal.RESTORE, self._somebody(), update, copies)
        if brought is not None:
            self._book.restored(brought, then.shown, self._log.moments[-1].shown)
            self._book.see(self._log.moments[-1].shown)
            self._counts[Reversal.RESTORE] += 1

    def undo(self) -> None:
        who = self._somebody()
        self._invert(who, Reversal.UNDO)
        if self._random.random() < 0.4:
            self._invert(who, Reversal.REDO)

    def redo(self) -> None:
        self._invert(self._somebody(), Reversal.REDO)

    def revert(self) -> None:
        who = self._somebody()
        if who is None:
            return
        generations = [edit.generation_id for _, edit in self._log.edits if edit.generation_id]
        generation_id = self._random.choice(generations) if generations and self._random.random() < 0.5 else None
        actors = frozenset() if generation_id else frozenset({who})
        contribution = Contribution(self._log.edits, self._log.past, NOTHING, actors, generation_id)
        update, copies = contribution.back(BODIES, self._log.kind, self._log.now)
        self._note(Reversal.REVERT, self._reversed(Reversal.REVERT, who, update, copies))

    def _invert(self, who: Actor | None, reversal: Reversal) -> None:
        own = [edit for edit in self._log.edits if edit[0].actor == who]
        found = steps(own, [one for one in self._log.reversals if one[0].actor == who])
        waiting = found.undo if reversal is Reversal.UNDO else found.redo
        if who is None or not waiting:
            return
        step = waiting[-1]
        taken = StepTaken(OwnEdits(self._log.edits, frozenset({who}), found), frozenset(step), self._log.past.copies)
        first = taken.edits[0][0].stream_version
        before = self._log.moments[first - 2].state if first > 1 else b""
        update, copies, step = taken.back(BODIES, self._log.kind, before, self._log.now)
        self._note(reversal, self._reversed(reversal, who, update, copies, inverted=step))

    def _somebody(self) -> Actor | None:
        actors = sorted({recorded.actor for recorded, _ in self._log.edits}, key=str)
        return self._random.choice(actors) if actors else None

    def _reversed(
        self,
        reversal: Reversal,
        who: Actor | None,
        update: bytes,
        copies: Sequence[Copy],
        inverted: tuple[int, ...] = (),
    ) -> Sequence[Id] | None:
        if who is None or not update:
            return None
        return self._log.reversed(who, reversal, update, copies, inverted)

    def _note(self, what: Reversal, brought: Sequence[Id] | None) -> None:
        if brought is not None:
            self._book.brought_back(brought, self._log.moments[-1].shown)
            self._book.see(self._log.moments[-1].shown)
            self._counts[what] += 1
