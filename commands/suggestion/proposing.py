"""From what somebody or a model proposes to the hunks that are decided."""

from collections.abc import Sequence

from commands.bodies import Bodies
from domain.document.body import BodyKind
from domain.suggestion.events import Hunk
from domain.suggestion.hunks import insertion, replacement


def proposed(
    bodies: Bodies, kind: BodyKind, blocks: Sequence[str], block_from: int, block_to: int, markdown: str
) -> tuple[Hunk, ...]:
    """
    Return the hunks that put other Markdown in the place of these blocks; an empty range is a place.

    What takes the place of blocks is compared block by block, what is inserted stays as it is written. Both are read
    here: raises ContentRefused for what no body could take when somebody accepts it.
    """
    wanted = [block.markdown for block in bodies.blocks_of(kind, markdown)]
    if block_from < block_to:
        return replacement(blocks, block_from, block_to, wanted)
    return insertion(blocks, block_from, markdown) if markdown.strip() else ()
