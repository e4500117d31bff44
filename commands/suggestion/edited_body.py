"""A body as it was when something was proposed, beside the body of now: blocks are known by their characters' ids."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate

from commands.bodies import Bodies, Stretch
from commands.comment.layouts import Layout
from domain.document.body import BodyKind


class EditedBody:
    """Of a plain body the blocks are its lines. CPU-bound: made and asked in a thread."""

    def __init__(self, bodies: Bodies, kind: BodyKind, then: bytes, now: bytes) -> None:
        self.then: Sequence[str] = [block.markdown for block in bodies.blocks(kind, then)]
        self.now: Sequence[str] = [block.markdown for block in bodies.blocks(kind, now)]
        self._stretches_then = _stretches(bodies, kind, then, self.then)
        self._stretches_now = _stretches(bodies, kind, now, self.now)
        self._layout_then, self._layout_now = Layout(self._stretches_then), Layout(self._stretches_now)

    def heirs(self, block: int) -> Collection[int]:
        return {
            piece.block
            for one in _of_block(self._stretches_then, block)
            for piece in self._layout_now.pieces(one.client, one.clock, _end(one))
        }

    def is_new(self, block: int) -> bool:
        return not any(
            True
            for one in _of_block(self._stretches_now, block)
            for _ in self._layout_then.pieces(one.client, one.clock, _end(one))
        )


def _of_block(stretches: Sequence[Stretch], block: int) -> Sequence[Stretch]:
    start = bisect_left(stretches, block, key=lambda one: one.block)
    return stretches[start : bisect_right(stretches, block, lo=start, key=lambda one: one.block)]


def _end(stretch: Stretch) -> int:
    return stretch.clock + (stretch.end - stretch.start) * stretch.units


def _stretches(bodies: Bodies, kind: BodyKind, state: bytes, blocks: Sequence[str]) -> Sequence[Stretch]:
    stretches = bodies.stretches(kind, state)
    if kind is BodyKind.PLAIN:
        return list(_by_line(stretches, blocks))
    # Of a browser's odd root more blocks are read than it has children: there is no telling which is which.
    return stretches if len(bodies.texts(kind, state)) == len(blocks) else ()


def _by_line(stretches: Sequence[Stretch], lines: Sequence[str]) -> Iterator[Stretch]:
    """Yield them cut at the line ends, which belong to no line."""
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    for _, start, end, client, clock, units in stretches:
        line = bisect_right(starts, start) - 1
        while line < len(lines) and starts[line] < end:
            first, behind = max(start, starts[line]), min(end, starts[line] + len(lines[line]))
            if first < behind:
                yield Stretch(line, first, behind, client, clock + (first - start) * units, units)
            line += 1
