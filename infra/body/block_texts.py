"""Blocks one by one, as suggestions quote them."""

from collections.abc import Sequence

from commands.bodies import BodyBlock
from infra.body.markdown_out import write_markdown
from infra.body.tree import Child, Node, document_text


def described(blocks: Sequence[Child]) -> BodyBlock:
    """Return one top-level block; a browser's odd root may make several nodes of it."""
    document = Node("doc", {}, tuple(blocks))
    markdown = write_markdown(document).rstrip("\n")
    paragraph = len(blocks) == 1 and isinstance(blocks[0], Node) and blocks[0].type == "paragraph"
    return BodyBlock(markdown, paragraph and markdown == document_text(document).rstrip("\n"))


def lines_of(text: str) -> tuple[BodyBlock, ...]:
    """Return the lines of a plain body; none of an empty one."""
    return tuple(BodyBlock(line, plain=True) for line in text.split("\n")) if text else ()
