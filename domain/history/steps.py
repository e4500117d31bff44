"""What somebody can undo and redo in a document: their own edits, derived from the log."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from domain.document.events import EditsRecorded
from domain.document.transport import Transport
from domain.history.events import EditsReversed, Reversal
from domain.recorded import Recorded

STEP_PAUSE: Final = timedelta(seconds=2)
STEP_EDITS_MAX: Final = 500
SEED_SESSION: Final = "seed"
"""What a document began with is no edit of it."""

Edit = tuple[Recorded[EditsRecorded], EditsRecorded]
Reversed = tuple[Recorded[EditsReversed], EditsReversed]


@dataclass(slots=True)
class Steps:
    """Versions of the edits' stream that are undone or redone together, the next ones last."""

    undo: list[tuple[int, ...]] = field(default_factory=list)
    redo: list[tuple[int, ...]] = field(default_factory=list)
    has_new: bool = False
    """Something new was done: what was undone before it is not redone any more."""

    def do(self, step: tuple[int, ...]) -> None:
        self.undo.append(step)
        self.redo.clear()
        self.has_new = True


def steps(edits: Sequence[Edit], reversals: Iterable[Reversed]) -> Steps:
    """
    Fold somebody's own edits and reversals.

    What was typed in one session without a pause is one step, and so is every other edit. Something new ends what
    can be redone. What was undone is named by the reversal, so that another pause would not make it another.
    """
    reversals = list(reversals)
    made = {edit.session_id: recorded.stream_version for recorded, edit in edits}
    passed_over = {SEED_SESSION, *(str(event.edit_id) for _, event in reversals)}
    waiting = deque(sorted(reversals, key=lambda one: one[0].position))
    found = Steps()
    last: Edit | None = None
    for one in edits:
        recorded, edit = one
        if edit.session_id in passed_over:
            continue
        while waiting and waiting[0][0].position < recorded.position:
            _reverse(found, waiting.popleft()[1], made)
            last = None
        if last is not None and _continues(last, one, len(found.undo[-1])):
            found.undo[-1] += (recorded.stream_version,)
        else:
            found.do((recorded.stream_version,))
        last = one
    for _, event in waiting:
        _reverse(found, event, made)
    return found


def _continues(last: Edit, next_: Edit, edits: int) -> bool:
    return (
        last[1].transport == next_[1].transport == Transport.LIVE
        and last[1].session_id == next_[1].session_id
        and next_[0].recorded_at - last[0].recorded_at <= STEP_PAUSE
        and edits < STEP_EDITS_MAX
    )


def _reverse(found: Steps, reversed_: EditsReversed, made: Mapping[str, int]) -> None:
    """Take it in; one that found nothing left to change made no edit, and is undone and redone as nothing."""
    version = made.get(str(reversed_.edit_id))
    step = () if version is None else (version,)
    match reversed_.reversal:
        case Reversal.UNDO:
            _take(found.undo, reversed_.inverted)
            found.redo.append(step)
        case Reversal.REDO:
            _take(found.redo, reversed_.inverted)
            found.undo.append(step)
        case Reversal.RESTORE | Reversal.REVERT:
            found.do(step)


def _take(stack: list[tuple[int, ...]], inverted: tuple[int, ...]) -> None:
    """Take away what was inverted: the step on top or its last part, unless it is of before the edits looked at."""
    if stack and (stack[-1] == inverted or set(stack[-1]) & set(inverted)):
        left = tuple(version for version in stack.pop() if version not in inverted)
        if left:
            stack.append(left)
