"""Markdown into the tree: CommonMark, tables, strikethrough, task lists; inline HTML for other marks."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from commands.bodies import ContentRefused
from infra.body.fit import fit_document
from infra.body.html_in import read_fragment
from infra.body.markdown_inline_in import read_inline
from infra.body.schema import node
from infra.body.tree import IMPORT_DEPTH_LEVELS_MAX, Child, Node, Text

_NESTING_LEVELS_MAX: Final = 150  # markdown-it silently drops what is deeper, so we refuse before
_BRACKETS_SQUARED_MAX: Final = 10_000_000
_BRACKET: Final = re.compile(r"\\.|\[", re.DOTALL)
_TASK: Final = re.compile(r"\[([ xX])\](?:\s|$)")
_ALIGN: Final = re.compile(r"text-align:\s*(left|center|right)")
_KINDS: Final = {
    "paragraph": "paragraph",
    "heading": "heading",
    "blockquote": "blockquote",
    "bullet_list": "bulletList",
    "ordered_list": "orderedList",
    "list_item": "listItem",
    "table": "table",
    "tr": "tableRow",
    "th": "tableHeader",
    "td": "tableCell",
}


@cache
def parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": True, "maxNesting": _NESTING_LEVELS_MAX})
    made.enable(["table", "strikethrough"])
    made.core.ruler.before("inline", "bounded", _refuse_many_brackets)
    # Addresses are kept as written; the schema refuses the unsafe ones.
    made.normalizeLink = lambda url: url  # type: ignore[method-assign]
    made.validateLink = lambda url: isinstance(url, str)  # type: ignore[method-assign]
    return made


def _refuse_many_brackets(state: StateCore) -> None:
    """markdown-it takes time that grows with the square of the brackets in a paragraph."""
    cost = sum(_brackets(token.content) ** 2 for token in state.tokens if token.type == "inline")
    if cost > _BRACKETS_SQUARED_MAX:
        raise ContentRefused("The Markdown has too many brackets.")


def _brackets(content: str) -> int:
    """Escaped ones begin nothing."""
    return sum(not found[0].startswith("\\") for found in _BRACKET.finditer(content))


def read_markdown(markdown: str) -> Node:
    try:
        tokens = parser().parse(markdown)
        return fit_document(_Builder(tokens).build())
    except RecursionError:
        raise ContentRefused("The Markdown is nested too deep.") from None


class _Builder:
    """Turns the flat tokens into nested nodes."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._open: list[tuple[Token | None, list[Child]]] = [(None, [])]

    def build(self) -> tuple[Child, ...]:
        for token in self._tokens:
            if token.nesting == 1:
                if len(self._open) > IMPORT_DEPTH_LEVELS_MAX:
                    raise ContentRefused(f"The Markdown is nested deeper than {IMPORT_DEPTH_LEVELS_MAX} levels.")
                self._open.append((token, []))
            elif token.nesting == -1:
                opening, content = self._open.pop()
                assert opening is not None
                self._open[-1][1].extend(_closed(opening, content))
            else:
                self._open[-1][1].extend(_leaf(token))
        return tuple(self._open[0][1])


def _closed(opening: Token, content: list[Child]) -> Iterator[Child]:
    name = opening.type.removesuffix("_open")
    kind = _KINDS.get(name)
    if kind is None:
        yield from content
    elif kind == "bulletList":
        yield from _task_groups(content)
    else:
        yield node(kind, _attrs(opening, kind), tuple(content))


def _attrs(opening: Token, kind: str) -> dict[str, Any]:
    match kind:
        case "heading":
            return {"level": opening.tag[1:]}
        case "orderedList":
            return {"start": opening.attrs.get("start", 1)}
        case "tableCell" | "tableHeader":
            align = _ALIGN.search(str(opening.attrs.get("style", "")))
            return {"align": align[1] if align else None}
        case _:
            return {}


def _leaf(token: Token) -> Iterator[Child]:
    match token.type:
        case "inline":
            marker = _TASK.match(token.content)
            children = read_inline(token.children or [])
            if marker is not None:
                yield Node("task", {"checked": marker[1] != " ", "without": _without_marker(children)})
            yield from children
        case "fence" | "code_block":
            text = token.content.removesuffix("\n")
            language = token.info.split()[0] if token.info.split() else None
            yield node("codeBlock", {"language": language}, (Text(text),))
        case "hr":
            yield node("horizontalRule")
        case "html_block":
            yield from read_fragment(token.content)
        case _:
            if token.content:
                yield Text(token.content)


def _without_marker(children: Sequence[Child]) -> tuple[Child, ...]:
    first = children[0] if children else None
    if not isinstance(first, Text):
        return tuple(children)
    return (Text(first.text[3:].removeprefix(" "), first.marks), *children[1:])


def _task_groups(items: Sequence[Child]) -> Iterator[Node]:
    """Split a list where items that are tasks meet items that are not."""
    group: list[Child] = []
    kind = ""
    for item in items:
        made, its_kind = _item(item)
        if group and its_kind != kind:
            yield node(kind, {}, tuple(group))
            group = []
        kind = its_kind
        group.append(made)
    if group:
        yield node(kind, {}, tuple(group))


def _item(item: Child) -> tuple[Child, str]:
    first = item.content[0] if isinstance(item, Node) and item.content else None
    task = first.content[0] if isinstance(first, Node) and first.type == "paragraph" and first.content else None
    if not (isinstance(item, Node) and isinstance(task, Node) and task.type == "task"):
        return item, "bulletList"
    paragraph = Node("paragraph", {}, task.attrs["without"])
    return node("taskItem", task.attrs, (paragraph, *item.content[1:])), "taskList"
