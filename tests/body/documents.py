"""Random documents of the schema, as ProseMirror JSON."""

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

# Letters, spaces, and everything that means something to Markdown or HTML somewhere.
SPECIAL = "ab cé🎉\\`*_{}[]()<>#+-.!|~&;=:\"'/1 2\u00a0"
words = st.text(alphabet=SPECIAL, min_size=1, max_size=14)
markdown_looking = [
    "1. x",
    "- x",
    "# x",
    "> x",
    "x #",
    "---",
    "===",
    "[x] y",
    "[a](b)",
    "![a",
    "```",
    "~~~",
    "~~a~~",
    "+",
    "1)",
]
html_looking = ["<b>", "&amp;", "&#65;", "<!-- x -->", "http://a.b"]
delicate = [" x ", "a  b", "snake_case_name", "2 * 3 * 4", "a\tb", "\\", "a|b", "a\nb"]
# Right to left, combining and joined characters, spaces that no eye sees, line ends of other systems' kinds.
unusual = [
    "שלום",
    "\u202eabc\u202c",
    "e\u0301\u0327",
    "\u0301x",
    "👩\u200d👩\u200d👧",
    "\u200b",
    "\u2028",
    "\ufeff",
    "\u00ad",
    "\u3000",
    "x  ",
    "  x",
    "\U0010fffd",
]
telling = st.sampled_from([*markdown_looking, *html_looking, *delicate, *unusual])
texts = st.one_of(words, telling)
addresses = st.sampled_from(
    [
        "https://example.org",
        "/a b",
        "mailto:a@b.c",
        "tel:+431234",
        "#x",
        "https://a.b/(c)",
        "a?b=1&amp=2",
        "x<y>",
        "\\",
        "a|b",
        "é",
    ]
)
titles = st.one_of(st.none(), st.sampled_from(['a "b"', "t", "&amp;", "a|b\\"]))


def node(kind: str, content: list[Json] | None = None, **attrs: object) -> Json:
    return {"type": kind, **({"attrs": attrs} if attrs else {}), **({"content": content} if content else {})}


@st.composite
def mark_sets(draw: st.DrawFn) -> list[Json]:
    if draw(st.booleans()):
        return []
    if draw(st.integers(0, 5)) == 0:
        return [{"type": "code"}]
    names = draw(st.lists(st.sampled_from(["bold", "italic", "strike", "underline"]), max_size=3, unique=True))
    marks: list[Json] = [{"type": name} for name in names]
    if draw(st.integers(0, 3)) == 0:
        link = {"href": draw(addresses), "target": "_blank", "rel": "noopener noreferrer nofollow", "class": None}
        marks.append({"type": "link", "attrs": {**link, "title": draw(titles)}})
    if draw(st.integers(0, 3)) == 0:
        marks.append({"type": "highlight", "attrs": {"color": draw(st.sampled_from([None, "#ff0", "red"]))}})
    return marks


@st.composite
def inlines(draw: st.DrawFn) -> list[Json]:
    content: list[Json] = []
    for _ in range(draw(st.integers(0, 5))):
        if draw(st.integers(0, 6)) == 0:
            content.append(node("hardBreak"))
        else:
            marks = draw(mark_sets())
            content.append({"type": "text", "text": draw(texts), **({"marks": marks} if marks else {})})
    return content


paragraphs = inlines().map(lambda content: node("paragraph", content))
headings = st.builds(lambda content, level: node("heading", content, level=level), inlines(), st.integers(1, 6))
code_texts = st.text(alphabet="ab `~\n<>&\t#-|\\é🎉\u05d0\u0301\u2028", max_size=20)
code_blocks = st.builds(
    lambda text, language: node("codeBlock", [{"type": "text", "text": text}] if text else [], language=language),
    code_texts,
    st.sampled_from([None, "python", "c++", "odd name", "`"]),
)
images = st.builds(
    lambda src, alt, title, width, height: node("image", src=src, alt=alt, title=title, width=width, height=height),
    st.sampled_from(["https://a.b/c.png", "/x y.png", "data:image/png;base64,AAAA"]),
    st.one_of(st.none(), words.map(str.strip).filter(bool)),
    titles,
    st.sampled_from([None, None, 120]),
    st.sampled_from([None, None, 80]),
)
leaves = st.one_of(paragraphs, paragraphs, headings, code_blocks, images, st.just(node("horizontalRule")))


def items(kind: str, blocks: st.SearchStrategy[Json], **attrs: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Json]]:
    item = st.builds(
        lambda first, rest, given: node(kind, [first, *rest], **given),
        paragraphs,
        st.lists(blocks, max_size=2),
        st.fixed_dictionaries(attrs),
    )
    return st.lists(item, min_size=1, max_size=3)


@st.composite
def tables(draw: st.DrawFn, blocks: st.SearchStrategy[Json]) -> Json:
    columns, is_simple = draw(st.integers(1, 3)), draw(st.booleans())
    align = [draw(st.sampled_from([None, "left", "center", "right"])) for _ in range(columns)]

    def cell(kind: str, column: int) -> Json:
        content = [draw(paragraphs)] if is_simple else draw(st.lists(blocks, min_size=1, max_size=2))
        span, rows = (1, 1) if is_simple else (draw(st.integers(1, 2)), draw(st.integers(1, 2)))
        width = None if is_simple else draw(st.sampled_from([None, [120]]))
        return node(kind, content, colspan=span, rowspan=rows, colwidth=width, align=align[column])

    head = [cell("tableHeader", column) for column in range(columns)]
    kinds = st.sampled_from(["tableCell"] if is_simple else ["tableCell", "tableHeader"])
    body = [[cell(draw(kinds), column) for column in range(columns)] for _ in range(draw(st.integers(0, 2)))]
    return node("table", [node("tableRow", row) for row in (head, *body)])


def containers(blocks: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.one_of(
        st.lists(blocks, min_size=1, max_size=3).map(lambda content: node("blockquote", content)),
        items("listItem", blocks).map(lambda content: node("bulletList", content)),
        st.builds(
            lambda content, start, kind: node("orderedList", content, start=start, type=kind),
            items("listItem", blocks),
            st.sampled_from([1, 1, 0, 7, 999_999_999, 2**31 - 1]),
            st.sampled_from([None, None, "a", "I"]),
        ),
        items("taskItem", blocks, checked=st.booleans()).map(lambda content: node("taskList", content)),
        tables(blocks),
    )


blocks = st.recursive(leaves, containers, max_leaves=6)
documents = st.lists(blocks, min_size=1, max_size=4).map(lambda content: node("doc", content))
