"""Operations of a program change exactly what they name, counted in code points, and merge with what others do."""

import json
from typing import Any

import pytest

from commands.bodies import ContentRefused
from domain.document.body import BodyKind, ContentFormat
from domain.document.operations import (
    AppendMarkdown,
    AppendText,
    BlockType,
    ClearMark,
    DeleteBlock,
    DeleteRange,
    EditOperation,
    InsertBlock,
    InsertText,
    MarkName,
    MoveBlock,
    OperationOutOfRange,
    ReplaceAll,
    ReplaceBlock,
    SetBlockType,
    SetMark,
)
from domain.yjs.update import read_update
from infra.body.bodies import PycrdtBodies

bodies = PycrdtBodies()
RICH, PLAIN = BodyKind.RICH, BodyKind.PLAIN


def edited(markdown: str, *operations: EditOperation) -> str:
    state = bodies.seed(RICH, markdown=markdown, client_id=1)
    update = bodies.edit(RICH, state, operations, 2)
    return bodies.render(RICH, bodies.merge([state, update]), ContentFormat.MARKDOWN).rstrip("\n")


def edited_text(text: str, *operations: EditOperation) -> str:
    state = bodies.seed(PLAIN, text=text, client_id=1)
    update = bodies.edit(PLAIN, state, operations, 2)
    return bodies.render(PLAIN, bodies.merge([state, update]), ContentFormat.TEXT)


@pytest.mark.parametrize(
    ("markdown", "operation", "expected"),
    [
        ("a🎉é", InsertText(block=0, offset=2, text="x"), "a🎉xé"),
        ("a🎉é", InsertText(block=0, offset=3, text="🎈"), "a🎉é🎈"),
        ("a🎉éb", DeleteRange(block=0, offset=1, length=2), "ab"),
        ("**bold**", InsertText(block=0, offset=4, text="er"), "**bolder**"),
        ("**bold** plain", InsertText(block=0, offset=2, text="xx"), "**boxxld** plain"),
        ("[link](/a)", InsertText(block=0, offset=4, text="!"), "[link](/a)!"),
        ("one\\\ntwo", DeleteRange(block=0, offset=3, length=1), "onetwo"),
        ("one\\\ntwo", InsertText(block=0, offset=4, text="x"), "one\\\nxtwo"),
        ("- one\n- two", InsertText(block=0, offset=4, text="x"), "- one\n- xtwo"),
        ("- one\n- two", DeleteRange(block=0, offset=2, length=3), "- on\n- wo"),
        ("- one\n-", InsertText(block=0, offset=4, text="two"), "- one\n- two"),
        ("# a\n\nb", ReplaceBlock(block=0, markdown="c\n\nd"), "c\n\nd\n\nb"),
        ("a\n\nb", InsertBlock(at=1, markdown="- c"), "a\n\n- c\n\nb"),
        ("a", InsertBlock(at=1, markdown="b"), "a\n\nb"),
        ("a\n\nb", DeleteBlock(block=0), "b"),
        ("a", DeleteBlock(block=0), ""),
        ("a", AppendMarkdown(markdown="## b"), "a\n\n## b"),
        ("a\n\nb\n\nc", ReplaceAll(markdown="a\n\nB\n\nc\n\nd"), "a\n\nB\n\nc\n\nd"),
        ("", AppendMarkdown(markdown="x"), "x"),
        ("a\n\nb\n\nc", MoveBlock(block=0, to=2), "b\n\nc\n\na"),
        ("a\n\n**b**\n\nc", MoveBlock(block=1, to=0), "**b**\n\na\n\nc"),
        ("🎉 é b c", SetMark(block=0, offset=2, length=3, mark=MarkName.BOLD), "🎉 **é b** c"),
        ("*ab*cd", SetMark(block=0, offset=1, length=2, mark=MarkName.STRIKE), "*a~~b~~*~~c~~d"),
        ("a `b` c", SetMark(block=0, offset=0, length=5, mark=MarkName.ITALIC), "*a b c*"),
        ("**a** b", SetMark(block=0, offset=0, length=3, mark=MarkName.CODE), "`a b`"),
        ("ab", SetMark(block=0, offset=0, length=1, mark=MarkName.LINK, href="/x", title="t"), '[a](</x> "t")b'),
        ("[ab](/x)", SetMark(block=0, offset=1, length=1, mark=MarkName.LINK, href="/y"), "[a](/x)[b](/y)"),
        ("ab", SetMark(block=0, offset=0, length=1, mark=MarkName.HIGHLIGHT), "<mark>a</mark>b"),
        ("- ab\n- cd", SetMark(block=0, offset=1, length=3, mark=MarkName.BOLD), "- a**b**\n- **c**d"),
        ("```\nab\n```", SetMark(block=0, offset=0, length=2, mark=MarkName.BOLD), "```\nab\n```"),
        ("**abc**", ClearMark(block=0, offset=1, length=1, mark=MarkName.BOLD), "**a**b**c**"),
        ("***[abc](/x)***", ClearMark(block=0, offset=0, length=3), "abc"),
        ("# a", SetBlockType(block=0, to=BlockType.HEADING, level=3), "### a"),
        ("**a**\\\nb", SetBlockType(block=0, to=BlockType.HEADING, level=2), "## **a**<br>b"),
        ("- a\n- b", SetBlockType(block=0, to=BlockType.PARAGRAPH), "a\n\nb"),
        ("- a\n- b", SetBlockType(block=0, to=BlockType.ORDERED_LIST), "1. a\n2. b"),
        ("> a\n>\n> b", SetBlockType(block=0, to=BlockType.TASK_LIST), "- [ ] a\n- [ ] b"),
        ("- a\n- **b**", SetBlockType(block=0, to=BlockType.CODE_BLOCK), "```\na\nb\n```"),
        ("# a", SetBlockType(block=0, to=BlockType.BLOCKQUOTE), "> a"),
    ],
)
def test_a_rich_body_is_edited(markdown: str, operation: EditOperation, expected: str) -> None:
    assert edited(markdown, operation) == expected


def test_each_operation_sees_what_the_ones_before_it_left() -> None:
    operations: list[EditOperation] = [
        AppendMarkdown(markdown="b"),
        InsertText(block=1, offset=1, text="c"),
        DeleteBlock(block=0),
    ]

    assert edited("a", *operations) == "bc"


@pytest.mark.parametrize(
    ("text", "operation", "expected"),
    [
        ("a🎉é", InsertText(offset=2, text="x"), "a🎉xé"),
        ("a🎉éb", DeleteRange(offset=1, length=2), "ab"),
        ("a", AppendText(text="🎉"), "a🎉"),
        ("", AppendText(text="x"), "x"),
        ("1\n2🎉\n3", ReplaceAll(markdown="1\n2\n3\n4"), "1\n2\n3\n4"),
    ],
)
def test_a_plain_body_is_edited(text: str, operation: EditOperation, expected: str) -> None:
    assert edited_text(text, operation) == expected


@pytest.mark.parametrize(
    "operation",
    [
        InsertText(block=2, offset=0, text="x"),
        InsertText(block=-1, offset=0, text="x"),
        InsertText(block=0, offset=4, text="x"),
        InsertText(block=0, offset=-1, text="x"),
        InsertText(block=1, offset=0, text="x"),
        InsertText(offset=0, text="x"),
        DeleteRange(block=0, offset=2, length=2),
        DeleteRange(block=0, offset=0, length=-1),
        ReplaceBlock(block=9, markdown="x"),
        DeleteBlock(block=2),
        InsertBlock(at=3, markdown="x"),
        AppendText(text="x"),
        MoveBlock(block=0, to=2),
        MoveBlock(block=2, to=0),
        SetMark(block=0, offset=2, length=2, mark=MarkName.BOLD),
        SetMark(block=0, offset=0, length=-1, mark=MarkName.BOLD),
        SetMark(block=1, offset=0, length=0, mark=MarkName.BOLD),
        ClearMark(block=3, offset=0, length=0),
        SetBlockType(block=1, to=BlockType.PARAGRAPH),
        SetBlockType(block=0, to=BlockType.HEADING, level=7),
    ],
)
def test_what_is_not_there_cannot_be_edited(operation: EditOperation) -> None:
    with pytest.raises(OperationOutOfRange):
        edited("abc\n\n---", operation)


@pytest.mark.parametrize(
    "operation",
    [
        InsertText(block=0, offset=0, text="x"),
        InsertText(offset=4, text="x"),
        DeleteRange(offset=2, length=2),
        DeleteRange(offset=1, length=-1),
        DeleteBlock(block=0),
        MoveBlock(block=0, to=0),
        SetMark(block=0, offset=0, length=1, mark=MarkName.BOLD),
        SetBlockType(block=0, to=BlockType.HEADING),
    ],
)
def test_a_plain_body_has_offsets_and_no_blocks(operation: EditOperation) -> None:
    with pytest.raises(OperationOutOfRange):
        edited_text("abc", operation)


def test_replacing_all_touches_only_what_differs() -> None:
    state = bodies.seed(RICH, markdown="keep\n\nchange\n\nkeep too", client_id=1)

    update = read_update(bodies.edit(RICH, state, [ReplaceAll(markdown="keep\n\nchanged\n\nkeep too")], 2))

    assert update.text.count == len("changed")


def test_a_link_that_leads_nowhere_safe_is_refused() -> None:
    with pytest.raises(ContentRefused):
        edited("abc", SetMark(block=0, offset=0, length=1, mark=MarkName.LINK, href="javascript:alert(1)"))


def test_an_edit_that_changes_nothing_is_no_update() -> None:
    state = bodies.seed(RICH, markdown="same", client_id=1)

    assert bodies.edit(RICH, state, [ReplaceAll(markdown="same")], 2) == b""
    assert bodies.edit(RICH, state, [], 2) == b""


def test_an_update_carries_its_own_deletions_alone() -> None:
    state = bodies.seed(RICH, markdown="a\n\nb\n\nc", client_id=1)
    first = bodies.edit(RICH, state, [DeleteBlock(block=0)], 2)

    second = bodies.edit(RICH, bodies.merge([state, first]), [DeleteBlock(block=0)], 3)

    assert read_update(second).deleted.intersection(read_update(first).deleted).is_empty


def test_edits_made_at_the_same_time_both_hold() -> None:
    state = bodies.seed(RICH, markdown="one\n\ntwo", client_id=1)
    left = bodies.edit(RICH, state, [InsertText(block=0, offset=3, text="!")], 2)
    right = bodies.edit(RICH, state, [InsertText(block=1, offset=0, text="¡")], 3)

    merged = bodies.merge([state, right, left])

    assert bodies.render(RICH, merged, ContentFormat.TEXT) == "one!\n\n¡two"
    assert merged == bodies.merge([bodies.merge([state, left]), right])


def test_an_empty_body_needs_no_update_and_renders_as_one_empty_paragraph() -> None:
    empty: dict[str, Any] = {"type": "doc", "content": [{"type": "paragraph"}]}

    assert bodies.seed(RICH, client_id=1) == bodies.seed(RICH, markdown=" \n", client_id=1) == b""
    assert bodies.seed(PLAIN, client_id=1) == b""
    assert json.loads(bodies.render(RICH, b"", ContentFormat.JSON)) == empty
    assert bodies.render(RICH, b"", ContentFormat.MARKDOWN) == bodies.render(PLAIN, b"", ContentFormat.TEXT) == ""


def test_a_plain_body_is_rendered_in_every_format() -> None:
    state = bodies.seed(PLAIN, text="# not <a> heading\n", client_id=1)

    assert bodies.render(PLAIN, state, ContentFormat.MARKDOWN) == "# not <a> heading\n"
    assert bodies.render(PLAIN, state, ContentFormat.HTML) == "<pre><code># not &lt;a&gt; heading\n</code></pre>"
    assert json.loads(bodies.render(PLAIN, state, ContentFormat.JSON))["content"][0]["type"] == "codeBlock"
