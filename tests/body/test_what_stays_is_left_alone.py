"""Content that becomes other content is changed where it differs, so that what stays keeps its authors."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from domain.document.body import BodyKind, ContentFormat, Source, SourceFormat
from domain.document.operations import ReplaceAll, ReplaceBlock
from domain.yjs.update import read_update
from infra.body.bodies import PycrdtBodies
from infra.body.prosemirror import as_json, read_prosemirror
from tests.body.documents import documents

bodies = PycrdtBodies()
RICH, PLAIN = BodyKind.RICH, BodyKind.PLAIN


@pytest.mark.parametrize(
    ("before", "after", "inserted"),
    [
        ("The **old** house is here.", "The **new** house is here.", "new"),
        ("- one thing\n- two things", "- one thing\n- two things and more", " and more"),
        ("A first line\\\nand a second one", "A first line\\\nand a **second** line", "line"),
        ("| a b | c |\n| --- | --- |\n| d | e f |", "| a b | c |\n| --- | --- |\n| d | e f g |", " g"),
        ("some words", "some **words**", ""),
        ("# some words", "## some words", ""),
        ("- [ ] a task", "- [x] a task", ""),
    ],
)
def test_replacing_a_block_brings_only_the_words_that_differ(before: str, after: str, inserted: str) -> None:
    state = bodies.seed(RICH, markdown=before, client_id=1)

    update = bodies.edit(RICH, state, [ReplaceBlock(block=0, markdown=after)], 2)

    assert bodies.render(RICH, bodies.merge([state, update]), ContentFormat.MARKDOWN) == f"{after}\n"
    assert read_update(update).text.count == len(inserted)


@settings(max_examples=25, deadline=None)
@given(documents, documents)
def test_any_document_becomes_any_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    state = bodies.seed(RICH, prosemirror=before, client_id=1)
    source = Source(format=SourceFormat.JSON, content=json.dumps(after).encode())

    update = bodies.imported(RICH, state, source, replaces=True, client_id=2)

    rendered = json.loads(bodies.render(RICH, bodies.merge([state, update]), ContentFormat.JSON))
    assert rendered == as_json(read_prosemirror(after))


def test_many_equal_lines_are_compared_in_no_time() -> None:
    state = bodies.seed(PLAIN, text="\n" * 100_000, client_id=1)

    update = bodies.edit(PLAIN, state, [ReplaceAll(markdown="x\n" + "\n" * 100_000 + "y")], 2)

    assert read_update(update).text.count <= 100_003
