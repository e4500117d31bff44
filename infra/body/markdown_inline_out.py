"""Text with marks as inline Markdown; what delimiters cannot say exactly is said with HTML tags."""

import re
from collections.abc import Sequence
from html import escape
from typing import Final

from commands.bodies import ContentRefused
from infra.body.fit import fit_document
from infra.body.markdown_in import parser
from infra.body.markdown_inline_in import read_inline
from infra.body.text import without_controls
from infra.body.tree import HARD_BREAK, Child, Mark, Node, Text, joined_runs

_ESCAPED: Final = re.compile(r"[\\`*\[\]<]|&(?=#|[A-Za-z])|~(?=~)|(?<=~)~|(?<![^\W_])_|_(?![^\W_])")
_LINE_START: Final = re.compile(r"^(?:[#>+=~|:-]|\d{1,9}[.)](?=\s|$))")
_DELIMITERS: Final = {"bold": "**", "italic": "*", "strike": "~~"}
_DELIMITED: Final = frozenset({*_DELIMITERS, "link", "code"})
_NO_TAGS: Final[frozenset[str]] = frozenset()
_TAGS: Final = {
    "bold": "strong",
    "italic": "em",
    "strike": "s",
    "underline": "u",
    "code": "code",
    "highlight": "mark",
    "link": "a",
}
_FLAT_BREAK: Final = "<br>"
_LINE_BREAK: Final = "\\\n"


def write_inline(children: Sequence[Child], *, on_one_line: bool = False) -> str:
    """Write a text block's content so that reading it gives the same content again."""
    runs = joined_runs(_cleaned(child) for child in children)
    present = {one.type for run in runs if isinstance(run, Text) for one in run.marks} & _DELIMITED
    tag_choices = [_NO_TAGS, *(frozenset({kind}) for kind in sorted(present))] if present else []
    for tagged in tag_choices:
        written = _write(runs, on_one_line=on_one_line, tagged=tagged)
        if _reads_as(written, runs):
            return written
    return _write(runs, on_one_line=on_one_line, tagged=_DELIMITED)


def _reads_as(written: str, runs: tuple[Child, ...]) -> bool:
    try:
        tokens = parser().parseInline(written)
    except ContentRefused:
        return False
    read = fit_document((Node("paragraph", {}, read_inline(tokens[0].children or [])),))
    return read.content == (Node("paragraph", {}, runs),)


def _cleaned(child: Child) -> Child:
    return Text(without_controls(child.text), child.marks) if isinstance(child, Text) else child


def _write(runs: Sequence[Child], *, on_one_line: bool, tagged: frozenset[str]) -> str:
    pieces: list[str] = []
    open_marks: list[Mark] = []
    for index, run in enumerate((*runs, None)):
        wanted = _nested(runs, index, open_marks) if run is not None else []
        shared = _shared(open_marks, wanted)
        if pieces and pieces[-1].endswith("!") and any(one.type == "link" for one in wanted[shared:]):
            pieces[-1] = pieces[-1][:-1] + "\\!"  # or the link would be an image
        pieces.extend(_closing(one, tagged=tagged) for one in reversed(open_marks[shared:]))
        pieces.extend(_opening(one, tagged=tagged) for one in wanted[shared:])
        open_marks = wanted
        if isinstance(run, Text):
            pieces.append(_run_text(run, tagged=tagged))
        elif run == HARD_BREAK:
            flat = on_one_line or index == len(runs) - 1
            pieces.append(_FLAT_BREAK if flat else _LINE_BREAK)
    return _edges_kept("".join(pieces))


def _nested(runs: Sequence[Child], index: int, open_marks: list[Mark]) -> list[Mark]:
    """Order a run's marks: those already open first, then those that last longest."""
    run = runs[index]
    marks = [one for one in run.marks if one.type != "code"] if isinstance(run, Text) else []
    kept = [one for one in open_marks if one in marks]

    def lasts(one: Mark) -> int:
        length = 0
        for place in range(index + 1, len(runs)):
            later = runs[place]
            if not (isinstance(later, Text) and one in later.marks):
                break
            length += 1
        return length

    fresh = sorted((one for one in marks if one not in kept), key=lambda one: (one.type != "link", -lasts(one)))
    return [*kept, *fresh]


def _shared(left: list[Mark], right: list[Mark]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _opening(one: Mark, *, tagged: frozenset[str]) -> str:
    if one.type == "link" and "link" not in tagged:
        return "["
    if one.type in _DELIMITERS and one.type not in tagged:
        return _DELIMITERS[one.type]
    attrs = {
        "href": one.attrs.get("href"),
        "title": one.attrs.get("title"),
        "data-color": one.attrs.get("color"),
    }
    written = (f' {name}="{_attribute(value)}"' for name, value in attrs.items() if value is not None)
    return f"<{_TAGS[one.type]}{''.join(written)}>"


def _closing(one: Mark, *, tagged: frozenset[str]) -> str:
    if one.type == "link" and "link" not in tagged:
        return f"]({destination(one.attrs['href'], one.attrs['title'])})"
    if one.type in _DELIMITERS and one.type not in tagged:
        return _DELIMITERS[one.type]
    return f"</{_TAGS[one.type]}>"


def _attribute(value: str) -> str:
    return escape(value).replace("\n", "&#10;")


def destination(address: str, title: str | None) -> str:
    """Write what stands in the parentheses of a link or an image."""
    written = re.sub(r"([\\<>])", r"\\\1", _entities_kept(address))
    if title is None:
        return f"<{written}>" if re.search(r"[\s()<>]", address) or not address else written
    titled = re.sub(r'([\\"])', r"\\\1", _entities_kept(title)).replace("\n", "&#10;")
    return f'<{written}> "{titled}"'


def _entities_kept(text: str) -> str:
    return re.sub(r"&(?=#|[A-Za-z])", "&amp;", text)


def _run_text(run: Text, *, tagged: frozenset[str]) -> str:
    if not any(one.type == "code" for one in run.marks):
        return escaped(run.text)
    if "code" in tagged or "\n" in run.text or not run.text.strip(" "):
        return f"<code>{escaped(run.text)}</code>"
    fence = "`" * (1 + max((len(ticks) for ticks in re.findall("`+", run.text)), default=0))
    pad = " " if run.text[0] in " `" or run.text[-1] in " `" else ""
    return f"{fence}{pad}{run.text}{pad}{fence}"


def escaped(text: str) -> str:
    """Write plain text so that no character of it means anything."""
    return _ESCAPED.sub(lambda found: "\\" + found[0], text).replace("\n", "&#10;")


def _edges_kept(written: str) -> str:
    """Write the spaces and markers at the ends of lines as they cannot be mistaken."""
    lines = [_edge_kept(line, is_broken=line.endswith("\\")) for line in written.split("\n")]
    return "\n".join(lines)


def _edge_kept(line: str, *, is_broken: bool) -> str:
    body = line[:-1] if is_broken else line
    lead = len(body) - len(body.lstrip())
    trail = len(body.rstrip())
    if lead == len(body):
        kept = "".join(f"&#{ord(character)};" for character in body)
    else:
        start = "".join(f"&#{ord(character)};" for character in body[:lead])
        end = "".join(f"&#{ord(character)};" for character in body[trail:])
        kept = start + _marker_escaped(body[lead:trail], at_start=not lead) + end
    return kept + ("\\" if is_broken else "")


def _marker_escaped(body: str, *, at_start: bool) -> str:
    found = _LINE_START.match(body) if at_start else None
    if found is None:
        return body
    return body[: found.end() - 1] + "\\" + body[found.end() - 1 :]
