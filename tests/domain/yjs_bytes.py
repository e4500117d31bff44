"""Writes Yjs updates by hand, honest or not."""

from domain.yjs import writer

ROOT = b"\x01" + writer.string("default")


def update(*clients: bytes, delete_set: bytes = b"\0") -> bytes:
    return writer.uint(len(clients)) + b"".join(clients) + delete_set


def client(client_id: int, clock: int, *structs: bytes) -> bytes:
    return writer.uint(len(structs)) + writer.uint(client_id) + writer.uint(clock) + b"".join(structs)


def in_root(kind: int, content: bytes) -> bytes:
    return bytes((kind,)) + ROOT + content


def in_item(kind: int, parent: tuple[int, int], content: bytes) -> bytes:
    return bytes((kind, 0)) + writer.uint(parent[0]) + writer.uint(parent[1]) + content


def after_item(kind: int, origin: tuple[int, int], content: bytes) -> bytes:
    return bytes((0x80 | kind,)) + writer.uint(origin[0]) + writer.uint(origin[1]) + content


def between(kind: int, left: tuple[int, int] | None, right: tuple[int, int] | None, content: bytes) -> bytes:
    named = b"".join(writer.uint(part) for id_ in (left, right) if id_ is not None for part in id_)
    return bytes((kind | (left is not None) << 7 | (right is not None) << 6,)) + named + content


ELEMENT = b"\x03" + writer.string("p")
