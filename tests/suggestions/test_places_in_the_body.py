"""Where accepted text goes: where it was meant for, also when others have edited meanwhile, or nowhere."""

import pytest

from commands.bodies import BodyBlock
from commands.suggestion.applying import operations_of
from domain.document.body import BodyKind
from domain.suggestion.events import Hunk
from domain.suggestion.hunks import replacement
from infra.body.bodies import PycrdtBodies

BODIES = PycrdtBodies()


def accepted(kind: BodyKind, text: str, hunks: tuple[Hunk, ...]) -> str:
    """The body after all of the hunks."""
    state = BODIES.seed(kind, markdown=text, client_id=1)
    blocks = BODIES.blocks(kind, state)
    placed = [(hunk, hunk.block_from) for hunk in hunks]
    new = [BODIES.blocks_of(kind, hunk.inserted) for hunk, _ in placed]
    plain = [len(one) == 1 and one[0].plain for one in new]
    update = BODIES.edit(kind, state, operations_of(kind, blocks, placed, plain_of=plain), 2)
    after = BODIES.blocks(kind, BODIES.merge([state, update]))
    return _joined(after, "\n" if kind is BodyKind.PLAIN else "\n\n")


def _joined(blocks: "tuple[BodyBlock, ...]", between: str) -> str:
    return between.join(block.markdown for block in blocks)


@pytest.mark.parametrize("wanted", ["", "b", "x\ny\nz", "a\nb\nc\nd\ne", "d\nb", "c", "a\n\nd", "new\na\nb\nc\nd"])
def test_all_hunks_together_make_the_lines_that_were_wanted(wanted: str) -> None:
    lines = ["a", "b", "c", "d"]
    hunks = replacement(lines, 0, 4, wanted.split("\n") if wanted else [])
    assert accepted(BodyKind.PLAIN, "\n".join(lines), hunks) == wanted


@pytest.mark.parametrize("wanted", ["b", "x\n\ny\n\nz", "a\n\nb\n\nc\n\nd\n\ne", "d\n\nb", "new\n\na\n\nb\n\nc\n\nd"])
def test_all_hunks_together_make_the_blocks_that_were_wanted(wanted: str) -> None:
    blocks = ["a", "b", "c", "d"]
    hunks = replacement(blocks, 0, 4, wanted.split("\n\n"))
    assert accepted(BodyKind.RICH, "\n\n".join(blocks), hunks) == wanted
