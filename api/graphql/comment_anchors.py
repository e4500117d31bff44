"""What a thread of comments is about, as GraphQL shows it and takes it."""

import base64

import strawberry

from api.commenting import ShownThread
from commands.comment.make_comment import Between
from commands.comment.places import Place
from domain.comment.words import CommentRefused
from domain.yjs.positions import position_at


@strawberry.type(description="A range of the text. Offsets count code points of the text of a top-level block.")
class TextRange:
    block: int = strawberry.field(description="The block in which it begins; 0 in a plain body, which has one text.")
    start: int = strawberry.field(description="Where in it.")
    block_to: int = strawberry.field(description="The block in which it ends.")
    end: int = strawberry.field(description="Where in it; the character there is not in the range.")


@strawberry.type(description="The text that a thread is about. It is followed through all edits.")
class CommentAnchor:
    quote: str = strawberry.field(description="What it said when the thread began.")
    range: TextRange | None = strawberry.field(description="Where it is now; null when it is gone.")
    orphaned: bool = strawberry.field(description="The text is gone.")
    moved: bool = strawberry.field(description="The same words stand there as other characters.")
    rel_from: str = strawberry.field(description="Its beginning: a Yjs relative position in base64.")
    rel_to: str = strawberry.field(description="Its end: a Yjs relative position in base64.")


@strawberry.input(description="A range of the text.")
class TextRangeInput:
    block: int = strawberry.field(default=0, description="The block in which it begins; of a plain body 0.")
    start: int = strawberry.field(description="Where in it, in code points.")
    block_to: int | None = strawberry.field(default=None, description="Where it ends; the same block when not said.")
    end: int = strawberry.field(description="Where in that, exclusive.")


@strawberry.input(description="What to comment on: a range, or two Yjs relative positions.")
class CommentAnchorInput:
    range: TextRangeInput | None = strawberry.field(default=None, description="By offsets, as the document is now.")
    rel_from: str | None = strawberry.field(default=None, description="The beginning, in base64.")
    rel_to: str | None = strawberry.field(default=None, description="The end, in base64.")
    quote: str | None = strawberry.field(
        default=None, description="The words between the positions, by which they are found if they are not known here."
    )

    def about(self) -> Place | Between:
        """Return what is meant. Raises CommentRefused unless it is one of the two."""
        if self.range is not None and self.rel_from is None and self.rel_to is None:
            to = self.range.block if self.range.block_to is None else self.range.block_to
            return Place(self.range.block, self.range.start, to, self.range.end)
        if self.range is None and self.rel_from is not None and self.rel_to is not None:
            return Between(rel_from=self.rel_from, rel_to=self.rel_to, quote=self.quote)
        raise CommentRefused("An anchor is a range, or two relative positions.")


def anchor_of(shown: ShownThread) -> CommentAnchor | None:
    """Return what a thread is about, if it is about any text."""
    anchor, found = shown.thread.anchor, shown.found
    if anchor is None:
        return None
    return CommentAnchor(
        quote=anchor.quote,
        range=None if found is None else _range(found.place),
        orphaned=shown.is_orphaned,
        moved=found is not None and found.is_moved,
        rel_from=base64.b64encode(position_at(anchor.first, is_behind=False)).decode(),
        rel_to=base64.b64encode(position_at(anchor.last, is_behind=True)).decode(),
    )


def _range(place: Place) -> TextRange:
    return TextRange(block=place.block_from, start=place.start, block_to=place.block_to, end=place.end)
