"""No HTML that comes in or goes out carries anything that runs."""

import pytest

from commands.bodies import ContentRefused
from domain.document.body import BodyKind, ContentFormat
from infra.body.bodies import PycrdtBodies
from infra.body.html_in import read_html
from infra.body.html_out import write_html
from infra.body.tree import document_text

bodies = PycrdtBodies()

ATTACKS = [
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href='java&#10;script:alert(1)'>a</a>",
    "<script>alert(1)</script>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<p style='background:url(javascript:alert(1))'>a</p>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_that_comes_in_is_disarmed(attack: str) -> None:
    written = write_html(read_html(attack)).lower()

    assert not any(sign in written for sign in ("script:", "<script", "onerror=", "svg", "iframe", "background"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_in_a_text_stays_text(attack: str) -> None:
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": attack}]}
    state = bodies.seed(BodyKind.RICH, prosemirror={"type": "doc", "content": [paragraph]}, client_id=7)

    html = bodies.render(BodyKind.RICH, state, ContentFormat.HTML)

    assert html.count("<") == 2
    assert document_text(read_html(html)) == attack


def test_a_link_that_a_client_stored_unsafely_is_not_shown() -> None:
    link = {"type": "link", "attrs": {"href": "javascript:alert(1)"}}
    text = {"type": "text", "text": "click", "marks": [link]}
    document = {"type": "doc", "content": [{"type": "paragraph", "content": [text]}]}

    state = bodies.seed(BodyKind.RICH, prosemirror=document, client_id=7)

    assert bodies.render(BodyKind.RICH, state, ContentFormat.HTML) == "<p>click</p>"


@pytest.mark.parametrize("tag", ["div", "blockquote", "b", "table"])
def test_html_without_end_is_refused(tag: str) -> None:
    with pytest.raises(ContentRefused, match="deep"):
        read_html(f"<{tag}>" * 20_000)


@pytest.mark.parametrize(
    "opening",
    [
        "<div></z>",
        "<div title='</div>'>",
        '<div a="</div></div>">',
        "<div><!--</div>-->",
        '<div ="></z>',
        "<div><!a </div>",
        "<svg><![CDATA[></svg>]]>",
        "<div><table><td></div></table>",
        "<span><div></span>",
        "<b><div></b>",
        "<div><title></div></title>",
        "<svg><title><div></title></svg>",
        "<svg><style><div></style></svg>",
        "<object><div></object></z>",
    ],
)
def test_a_closing_tag_that_closes_nothing_hides_no_depth(opening: str) -> None:
    with pytest.raises(ContentRefused, match="deep"):
        read_html(opening * 2_000)


def test_what_is_opened_again_behind_its_block_is_counted() -> None:
    with pytest.raises(ContentRefused, match="deep"):
        read_html("".join(f"<div><b id={i}>x</div>" for i in range(2_000)))


@pytest.mark.parametrize(
    "flat",
    [
        "<div><p>a<li>b<span>c</div>",
        "<p>a<br><img src=x><b>c</b>",
        "<div><b><i>a</b></i></div>",
        "<script>'<div>'</script><div>a</div>",
        "<div title='a > b'>a</div><!-- <div> -->",
        "<div><svg><g><path d='x'/></g></svg></div>",
        "<table><caption>a</caption><tr><td><div>b</div></table>",
        "<div x=",
        "<",
    ],
)
def test_html_that_is_long_and_flat_is_read(flat: str) -> None:
    read_html(flat * 1_000)


def test_html_nested_deeper_than_a_body_keeps_its_text() -> None:
    assert document_text(read_html("<blockquote>" * 300 + "deep" + "</blockquote>" * 300)) == "deep"


def test_spaces_that_html_does_not_show_are_not_read() -> None:
    document = read_html("<ul>\n  <li>\n    <p>one\n two </p>\n  </li>\n</ul>\n<p> <b> x </b> </p>")

    assert document_text(document) == "one two\n\nx"
