"""Markdown becomes the nodes and marks that a reader of it expects."""

from typing import Any

import pytest

from commands.bodies import ContentRefused
from infra.body.markdown_in import read_markdown
from infra.body.markdown_out import write_markdown
from infra.body.prosemirror import as_json, read_prosemirror
from infra.body.tree import document_text


def blocks_of(markdown: str) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = as_json(read_markdown(markdown))["content"]
    return content


def marks_of(markdown: str) -> list[tuple[str, list[str]]]:
    [paragraph] = blocks_of(markdown)
    return [(run["text"], [one["type"] for one in run.get("marks", [])]) for run in paragraph["content"]]


def test_marks() -> None:
    assert marks_of("a **b** *c* ~~d~~ <u>e</u> <mark>f</mark> `g` [h](/i)") == [
        ("a ", []),
        ("b", ["bold"]),
        (" ", []),
        ("c", ["italic"]),
        (" ", []),
        ("d", ["strike"]),
        (" ", []),
        ("e", ["underline"]),
        (" ", []),
        ("f", ["highlight"]),
        (" ", []),
        ("g", ["code"]),
        (" ", []),
        ("h", ["link"]),
    ]


def test_code_stands_alone_but_a_link_is_kept() -> None:
    assert marks_of("**`a`** [`b`](/c)") == [("a", ["code"]), (" ", []), ("b", ["link"])]


def test_a_list_is_split_where_tasks_begin() -> None:
    kinds = [block["type"] for block in blocks_of("- a\n- [ ] b\n- [x] c\n- d")]

    assert kinds == ["bulletList", "taskList", "bulletList"]


def test_an_escaped_box_is_no_task() -> None:
    assert [block["type"] for block in blocks_of(r"- \[ \] a")] == ["bulletList"]


def test_an_image_in_a_sentence_becomes_a_block() -> None:
    kinds = [block["type"] for block in blocks_of("before ![alt](/i.png) after")]

    assert kinds == ["paragraph", "image", "paragraph"]


def test_a_table_keeps_its_alignment() -> None:
    [table] = blocks_of("| a | b |\n|:--|--:|\n| 1 | 2 |")

    assert [cell["attrs"]["align"] for cell in table["content"][1]["content"]] == ["left", "right"]
    assert [cell["type"] for cell in table["content"][0]["content"]] == ["tableHeader", "tableHeader"]


def test_raw_html_is_sanitised_and_read() -> None:
    document = read_markdown("<div onclick='x()'><b>bold</b><script>evil()</script></div>\n\n<x-y>kept as text")

    assert document_text(document) == "bold\n\n<x-y>kept as text"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "JaVa\tScript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_an_address_that_runs_code_is_no_link(address: str) -> None:
    assert marks_of(f"[a](<{address}>)") == [("a", [])]


def test_empty_markdown_is_an_empty_document() -> None:
    assert blocks_of("") == [{"type": "paragraph"}]
    assert write_markdown(read_markdown("")) == ""


def test_usual_markdown_comes_back_as_it_was() -> None:
    usual = (
        "# Title\n\nA *paragraph* with **bold**, `code` and a [link](https://example.org).\n\n"
        "- one\n- two\n\n1. first\n2. second\n\n- [x] done\n- [ ] open\n\n> quote\n\n```python\nprint(1)\n```\n\n"
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n---\n\nsnake_case and 2 + 2 = 4.\n"
    )

    assert write_markdown(read_markdown(usual)) == usual


def test_a_tag_within_another_of_its_kind_ends_by_itself() -> None:
    markdown = "<mark data-color='red'>a<mark data-color='blue'>b</mark>c</mark>d"
    [paragraph] = blocks_of(markdown)

    colors = [[one["attrs"]["color"] for one in run.get("marks", [])] for run in paragraph["content"]]
    assert colors == [["red"], ["blue"], ["red"], []]
    assert marks_of("<b>a<b>b</b>c</b>d</b>e") == [("abc", ["bold"]), ("de", [])]


def test_a_link_that_leads_nowhere_leaves_the_link_around_it() -> None:
    assert marks_of('<a href="/x">a<a href="javascript:x">b</a>c</a>d') == [("abc", ["link"]), ("d", [])]


def test_very_many_tags_that_nobody_closes_are_read() -> None:
    assert marks_of("<b>x" * 10_000) == [("x" * 10_000, ["bold"])]
    assert marks_of("<b>x<i>y" * 1_000) == [("x", ["bold"]), ("y" + "xy" * 999, ["bold", "italic"])]


def test_brackets_that_begin_nothing_are_not_counted() -> None:
    escaped = "\\[" * 5_000
    assert marks_of(f"{escaped}**b**") == [("[" * 5_000, []), ("b", ["bold"])]
    with pytest.raises(ContentRefused, match="brackets"):
        read_markdown("\\\\[" * 5_000)


def test_a_paragraph_of_very_many_brackets_comes_back() -> None:
    link = {"type": "link", "attrs": {"href": "/x"}}
    runs = [{"type": "text", "text": "[", "marks": [link]}, {"type": "text", "text": "["}] * 3_200
    json = {"type": "doc", "content": [{"type": "paragraph", "content": runs}]}
    document = read_prosemirror(json)

    assert read_markdown(write_markdown(document)) == document


@pytest.mark.parametrize(
    "hostile", [">" * 5_000 + "x", "- " * 5_000 + "x", "[" * 2_000, "[" * 50_000, "*a_" * 10_000, "<b>" * 5_000]
)
def test_nesting_without_end_is_refused_or_read(hostile: str) -> None:
    try:
        write_markdown(read_markdown(hostile))
    except ContentRefused as refusal:
        assert "too" in refusal.reason or "deeper" in refusal.reason  # noqa: PT017 - either outcome is right
