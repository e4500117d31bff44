"""Yjs updates for fuzzing: histories of real documents, and random ones of every struct that is let in."""

from typing import Any

from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text, XmlElement, XmlFragment, XmlText

from domain.yjs import writer
from tests.domain.yjs_bytes import update

CLIENTS = st.sampled_from([1, 2, 300])
CLOCKS = st.integers(0, 12)
IDS = st.tuples(CLIENTS, st.sampled_from([0, 0, 1, 1, 2, 3, 5])).map(
    lambda id_: writer.uint(id_[0]) + writer.uint(id_[1])
)
STRINGS = st.sampled_from(["", "a", "bold", "é", "日本", "🦙", "x🦙y", "\u0301", "default", "content"]).map(
    writer.string
)
JSON = st.sampled_from(["null", "{}", '""', "true", '{"a":[1,{"b":null}]}', "1e5", '"🦙"', "[[[]]]"]).map(writer.string)
LENGTHS = st.integers(1, 4).map(writer.uint)
ANY = st.recursive(
    st.sampled_from(
        [b"\x7f", b"\x7e", b"\x79", b"\x7d\x05", b"\x7d\x45", b"\x7c\0\0\0\0", b"\x77\x01a", b"\x74\x02ab"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda values: b"\x75" + writer.uint(len(values)) + b"".join(values)),
        st.lists(inner.map(lambda value: writer.string("k") + value), max_size=1).map(
            lambda values: b"\x76" + writer.uint(len(values)) + b"".join(values)
        ),
    ),
    max_leaves=6,
)


def counted(items: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    return st.lists(items, min_size=1, max_size=3).map(lambda found: writer.uint(len(found)) + b"".join(found))


TYPES = st.one_of(st.sampled_from([b"\0", b"\1", b"\2", b"\4", b"\6"]), STRINGS.map(lambda name: b"\3" + name))
CONTENTS = st.one_of(
    st.tuples(st.just(1), LENGTHS),
    st.tuples(st.just(3), st.binary(max_size=4).map(writer.sized)),
    st.tuples(st.just(4), STRINGS),
    st.tuples(st.just(4), STRINGS),
    st.tuples(st.just(5), JSON),
    st.tuples(st.just(6), st.builds(bytes.__add__, STRINGS, JSON)),
    st.tuples(st.just(7), TYPES),
    st.tuples(st.just(7), TYPES),
    st.tuples(st.just(8), counted(ANY)),
    st.tuples(st.just(9), st.builds(bytes.__add__, STRINGS, ANY)),
)
PARENTS = st.one_of(STRINGS.map(lambda name: b"\1" + name), IDS.map(lambda id_: b"\0" + id_))


@st.composite
def items(draw: st.DrawFn) -> bytes:
    kind: int
    content: bytes
    kind, content = draw(CONTENTS)
    origin, right = draw(st.one_of(st.just(b""), IDS)), draw(st.one_of(st.just(b""), st.just(b""), IDS))
    info = kind | (0x80 if origin else 0) | (0x40 if right else 0)
    if origin or right:
        return bytes((info,)) + origin + right + content
    key = draw(st.one_of(st.just(b""), STRINGS))
    return bytes((info | (0x20 if key else 0),)) + draw(PARENTS) + key + content


STRUCTS = st.one_of(items(), items(), items(), LENGTHS.map(lambda n: b"\0" + n), LENGTHS.map(lambda n: b"\x0a" + n))


@st.composite
def random_updates(draw: st.DrawFn) -> bytes:
    clients = [
        writer.uint(len(structs))
        + writer.uint(client)
        + writer.uint(draw(st.sampled_from([0, 0, 0, 2, 3])))
        + b"".join(structs)
        for client in draw(st.lists(CLIENTS, max_size=3, unique=True))
        for structs in [draw(st.lists(STRUCTS, min_size=1, max_size=6))]
    ]
    deleted = [
        writer.uint(client) + writer.uint(len(ranges)) + b"".join(writer.uint(a) + writer.uint(b) for a, b in ranges)
        for client in draw(st.lists(CLIENTS, max_size=2, unique=True))
        for ranges in [draw(st.lists(st.tuples(CLOCKS, st.integers(1, 5)), min_size=1, max_size=3))]
    ]
    return update(*clients, delete_set=writer.uint(len(deleted)) + b"".join(deleted))


def real_updates() -> list[bytes]:
    """Of two documents that met: every kind of content that the library writes."""
    one, other = Doc[Any](client_id=300), Doc[Any](client_id=2**32 + 5)
    found: list[bytes] = []
    subscriptions = [(doc, doc.observe(lambda event: found.append(event.update))) for doc in (one, other)]
    text, body = one.get("content", type=Text), one.get("default", type=XmlFragment)
    text += "abc 🎉 def"
    text.format(0, 3, {"bold": {}})
    text.insert_embed(0, {"image": [1, {"deep": None}]})
    other.apply_update(one.get_update())
    body.children.append(XmlElement("paragraph", {"level": "1"}, [XmlText("hi")]))
    line: Any = body.children[0].children[0]
    line.insert(1, "zz", {"link": {"href": "/"}})
    body.children.append(XmlElement("horizontalRule"))
    there = other.get("content", type=Text)
    del there[2:5]
    one.get("map", type=Map)["key"] = Map({"list": Array([1, 2.5, None, True, b"raw", {"deep": ["er"]}])})
    one.apply_update(other.get_update())
    del body.children[0]
    del text[2:4]
    for doc, subscription in subscriptions:
        doc.unobserve(subscription)
    return [*found, one.get_update(), other.get_update(), one.get_update(other.get_state())]
