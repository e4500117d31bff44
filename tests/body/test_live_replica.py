"""A replica takes and gives updates, and falls closed."""

import pytest
from pycrdt import Doc

from commands.bodies import BodyUnreadable, ContentRefused
from domain.document.body import BodyKind, ContentFormat
from domain.document.operations import AppendMarkdown
from domain.yjs import writer
from domain.yjs.depth import nesting_levels
from domain.yjs.update import read_update
from infra.body.bodies import PycrdtBodies
from tests.domain.yjs_bytes import ELEMENT, client, in_item, in_root, update

bodies = PycrdtBodies()
SEED = bodies.seed(BodyKind.RICH, markdown="> quoted", client_id=1)

# A known client with an empty list of structs; domain.yjs refuses it.
PANIC = update(client(1, 0))


def test_a_peer_gets_what_it_lacks() -> None:
    replica, peer = bodies.replica(), bodies.replica()
    replica.apply(SEED)

    peer.apply(replica.diff(peer.state_vector()))

    assert peer.state_vector() == replica.state_vector()
    assert peer.full_state() == replica.full_state()
    assert bodies.render(BodyKind.RICH, peer.full_state(), ContentFormat.MARKDOWN) == "> quoted\n"


def test_it_knows_how_deep_its_document_is() -> None:
    replica = bodies.replica()
    assert nesting_levels(replica.full_state()) == 0

    replica.apply(SEED)
    assert nesting_levels(replica.full_state()) == 3

    for clock in range(200):
        inside = (9, clock - 1)
        struct = in_item(7, inside, ELEMENT) if clock else in_root(7, ELEMENT)
        replica.apply(update(client(9, clock, struct)))
    assert nesting_levels(replica.full_state()) == 200


def test_a_body_nested_too_deep_is_not_rendered() -> None:
    structs = [in_root(7, ELEMENT), *(in_item(7, (9, clock), ELEMENT) for clock in range(150))]

    with pytest.raises(BodyUnreadable, match="deeper"):
        bodies.render(BodyKind.RICH, update(client(9, 0, *structs)), ContentFormat.JSON)


@pytest.mark.parametrize("levels", [40, 80, 85, 88, 89, 90, 200])
@pytest.mark.parametrize(
    ("kind", "opening", "closing"),
    [
        ("markdown", "> ", ""),
        ("markdown", "- ", ""),
        ("html", "<blockquote>", "</blockquote>"),
        ("html", "<ul><li>", "</li></ul>"),
    ],
)
def test_whatever_is_taken_in_can_be_read_again(kind: str, opening: str, closing: str, levels: int) -> None:
    try:
        state = bodies.seed(BodyKind.RICH, **{kind: opening * levels + "deep" + closing * levels}, client_id=1)  # type: ignore[arg-type]
    except ContentRefused:
        return

    read_update(state)
    for content_format in ContentFormat:
        assert "deep" in bodies.render(BodyKind.RICH, state, content_format)


@pytest.mark.parametrize("bad", [b"\xff\xff", PANIC])
def test_what_the_crdt_cannot_take_closes_the_replica(bad: bytes) -> None:
    replica = bodies.replica()
    replica.apply(SEED)

    with pytest.raises(BodyUnreadable):
        replica.apply(bad)
    with pytest.raises(BodyUnreadable):
        replica.full_state()


def test_a_panic_is_an_exception_like_any_other() -> None:
    replica = bodies.replica()
    replica.apply(SEED)
    with pytest.raises(BodyUnreadable, match="panicked"):
        replica.apply(PANIC)


def test_a_merge_leaves_out_what_the_crdt_refuses_and_nothing_else() -> None:
    later = bodies.edit(BodyKind.RICH, SEED, [AppendMarkdown(markdown="more")], client_id=2)
    assert bodies.merge([SEED, PANIC, later]) == bodies.merge([SEED, later])


@pytest.mark.parametrize(
    "content",
    [
        in_root(4, writer.string("text in the root")),
        in_root(8, b"\1\x77" + writer.string("a value in the root")),
        in_root(3, writer.sized(b"bytes")),
        in_root(5, writer.string('{"an":"embed"}')),
        in_root(7, b"\0"),
        in_root(7, b"\1"),
        in_root(7, b"\2"),
        in_root(7, b"\4"),
        in_root(7, b"\3" + writer.string("marquee")),
        in_root(9, writer.string("guid") + b"\x76\0"),
    ],
)
def test_content_of_a_wrong_type_is_left_out(content: bytes) -> None:
    state = bodies.merge([SEED, update(client(9, 0, content))])

    for content_format in ContentFormat:
        assert "quoted" in bodies.render(BodyKind.RICH, state, content_format)


def test_closing_frees_the_document() -> None:
    replica = bodies.replica()
    replica.close()

    with pytest.raises(BodyUnreadable):
        replica.state_vector()


def test_merging_many_updates_gives_the_state_of_applying_them() -> None:
    document: Doc[object] = Doc(client_id=5)  # type: ignore[type-var]
    updates = [SEED]
    document.apply_update(SEED)

    assert bodies.merge(updates) == document.get_update()
    assert bodies.merge([]) == b"\0\0"
