"""However an update is damaged: it is refused, or the CRDT takes it without falling over."""

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text, XmlElement, XmlFragment, XmlText

from domain.yjs.update import MalformedUpdate, read_update


def history() -> list[bytes]:
    document: Doc[Any] = Doc(client_id=300)
    updates: list[bytes] = []
    subscription = document.observe(lambda event: updates.append(event.update))
    text, body = document.get("content", type=Text), document.get("default", type=XmlFragment)
    text += "abc 🎉 def"
    text.format(0, 3, {"bold": {}})
    text.insert_embed(0, {"image": [1, {"deep": None}]})
    body.children.append(XmlElement("paragraph", {"level": "1"}, [XmlText("hi")]))
    body.children[0].children[0].insert(1, "zz", {"link": {"href": "/"}})
    body.children.append(XmlElement("horizontalRule"))
    del body.children[0]
    del text[2:4]
    document.unobserve(subscription)
    return [*updates, document.get_update()]


HISTORY = history()

damage = st.tuples(
    st.sampled_from(["set", "flip", "drop", "insert"]), st.integers(0, 400), st.binary(min_size=1, max_size=4)
)


def damaged(update: bytes, how: str, where: int, what: bytes) -> bytes:
    at = where % max(1, len(update))
    match how:
        case "set":
            return update[:at] + what + update[at + len(what) :]
        case "flip":
            return update[:at] + bytes((update[at] ^ (1 << what[0] % 8),)) + update[at + 1 :] if update else b""
        case "drop":
            return update[:at] + update[at + len(what) :]
        case _:
            return update[:at] + what + update[at:]


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(HISTORY) - 1), st.lists(damage, min_size=1, max_size=4))
def test_a_damaged_update_is_refused_or_survivable(index: int, damages: list[tuple[str, int, bytes]]) -> None:
    update = HISTORY[index]
    for how, where, what in damages:
        update = damaged(update, how, where, what)
    document: Doc[Any] = Doc()
    for earlier in HISTORY[:index]:
        document.apply_update(earlier)

    try:
        read_update(update)
    except MalformedUpdate:
        return

    with suppress(ValueError, RuntimeError):
        document.apply_update(update)
    str(document.get("content", type=Text))
    str(document.get("default", type=XmlFragment))
    document.get_update()


@given(st.binary(max_size=200))
def test_random_bytes_are_refused_or_read(noise: bytes) -> None:
    with suppress(MalformedUpdate):
        read_update(noise)
