"""An address is kept or dropped alike in whatever format it comes, and in the editor."""

import re
from pathlib import Path

import pytest

from domain.document.body import BodyKind, ContentFormat, Source, SourceFormat
from infra.body.bodies import PycrdtBodies
from infra.body.schema import SAFE_SCHEMES

bodies = PycrdtBodies()

KEPT = ["https://example.org/a", "http://example.org", "mailto:ana@example.org", "tel:+43-1-234", "TEL:112", "/a", "#a"]
DROPPED = ["ftp://example.org/a", "javascript:alert(1)", "data:text/html,x", "file:///etc/hosts", "sms:+431234"]
JSON = '{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"x","marks":[%s]}]}]}'
SOURCES = {
    SourceFormat.MARKDOWN: "[x](%s)",
    SourceFormat.HTML: '<p><a href="%s">x</a></p>',
    SourceFormat.JSON: JSON % '{"type":"link","attrs":{"href":"%s"}}',
}


def html_of(source_format: SourceFormat, address: str) -> str:
    source = Source(format=source_format, content=(SOURCES[source_format] % address).encode())
    state = bodies.imported(BodyKind.RICH, b"", source, replaces=True, client_id=7)
    return bodies.render(BodyKind.RICH, state, ContentFormat.HTML)


@pytest.mark.parametrize("source_format", SOURCES)
@pytest.mark.parametrize("address", KEPT)
def test_what_is_safe_to_follow_stays_a_link(source_format: SourceFormat, address: str) -> None:
    assert f'<a href="{address}"' in html_of(source_format, address)


@pytest.mark.parametrize("source_format", SOURCES)
@pytest.mark.parametrize("address", DROPPED)
def test_of_any_other_link_the_text_stays(source_format: SourceFormat, address: str) -> None:
    assert html_of(source_format, address) == "<p>x</p>"


def test_the_editor_takes_the_same_addresses() -> None:
    source = Path("web/src/editor/toolbar/addresses.ts").read_text()
    [listed] = re.findall(r"SCHEMES = \[(.*?)\]", source)
    assert set(re.findall(r'"(\w+)"', listed)) == SAFE_SCHEMES
