"""Makes the anchor of a thread: from a range of the text, or from two places that a Yjs client knows."""

from collections.abc import Sequence
from typing import Final

from commands.bodies import LaidOut
from commands.comment.places import Place, Words, offsets_of
from domain.comment.decisions import QUOTE_CHARACTERS_MAX, AnchorGone
from domain.comment.events import Anchor
from domain.comment.words import CommentRefused
from domain.yjs.ids import IdRanges
from domain.yjs.positions import RelativePosition

CONTEXT_CHARACTERS_MAX: Final = 32

Spot = tuple[int, int]
"""A block and an offset in its text."""


def anchor_at(blocks: Sequence[LaidOut], place: Place) -> Anchor:
    """Return the anchor of a range of the text. Raises CommentRefused when there is no such range, or no text in it."""
    texts = [block.text for block in blocks]
    start, end = (place.block_from, place.start), (place.block_to, place.end)
    for block, offset in (start, end):
        if not (0 <= block < len(texts) and 0 <= offset <= len(texts[block])):
            raise CommentRefused("There is no such range in the text.")
    if not start < end:
        raise CommentRefused("A range of text runs forward, and something is in it.")
    whole, begins = "\n".join(texts), offsets_of(texts)
    first, behind = begins[start[0]] + start[1], begins[end[0]] + end[1]
    if behind - first > QUOTE_CHARACTERS_MAX:
        raise CommentRefused(f"A comment is about at most {QUOTE_CHARACTERS_MAX} characters.")
    ids = [id_ for id_ in _ids(blocks, start, end) if id_ is not None]
    if not ids or not whole[first:behind].strip():
        raise CommentRefused("There is no text in this range.")
    return Anchor(
        ids=_ranges(ids),
        first=ids[0],
        last=ids[-1],
        quote=whole[first:behind],
        before=whole[max(0, first - CONTEXT_CHARACTERS_MAX) : first],
        after=whole[behind : behind + CONTEXT_CHARACTERS_MAX],
    )


def place_between(
    blocks: Sequence[LaidOut], start: RelativePosition, end: RelativePosition, *, root: str, quote: str | None
) -> Place:
    """Return the range between two positions; when one is unknown here, that of the quote. Raises AnchorGone."""
    spots = [_spot(blocks, position, root) for position in (start, end)]
    if (first := spots[0]) is not None and (last := spots[1]) is not None and first < last:
        return Place(*first, *last)
    words = Words([block.text for block in blocks])
    found = words.place_of_quote(quote) if quote is not None else None
    if found is None:
        raise AnchorGone
    return found


def _spot(blocks: Sequence[LaidOut], position: RelativePosition, root: str) -> Spot | None:
    if position.item is not None:
        client, clock = position.item
        for block, (_, ids) in enumerate(blocks):
            for offset, id_ in enumerate(ids):
                # The second half of a wide character has a clock of its own.
                if id_ == (client, clock) or (id_ == (client, clock - 1) and _is_wide(blocks[block], offset)):
                    return block, offset + position.is_behind
        return None
    if position.root != root or not blocks:
        return None
    return (0, 0) if position.is_behind else (len(blocks) - 1, len(blocks[-1].text))


def _is_wide(block: LaidOut, offset: int) -> bool:
    return block.text[offset] >= "\U00010000"


def _ids(blocks: Sequence[LaidOut], start: Spot, end: Spot) -> list[tuple[int, int] | None]:
    found: list[tuple[int, int] | None] = []
    for block in range(start[0], end[0] + 1):
        ids = blocks[block].ids
        found += ids[start[1] if block == start[0] else 0 : end[1] if block == end[0] else len(ids)]
    return found


def _ranges(ids: Sequence[tuple[int, int]]) -> tuple[tuple[int, tuple[tuple[int, int], ...]], ...]:
    by_client: dict[int, list[tuple[int, int]]] = {}
    for client, clock in ids:
        by_client.setdefault(client, []).append((clock, clock + 1))
    return IdRanges(by_client).to_tuples()
