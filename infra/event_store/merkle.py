"""RFC 6962 Merkle trees as far as an append-only log needs them: leaf, node, compact range, root."""

import hashlib
from collections.abc import Iterable

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(envelope: bytes) -> bytes:
    """RFC 6962, section 2.1: a leaf is hashed under a zero byte."""
    return hashlib.sha256(b"\x00" + envelope).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962, section 2.1: an inner node is hashed under a one byte."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def frontier_of(leaves: Iterable[bytes]) -> bytes:
    """Return the compact range: the roots of the full subtrees, largest first, 32 bytes each."""
    roots: list[bytes] = []
    for index, leaf in enumerate(leaves):
        node, size = leaf, index
        while size & 1:
            node, size = node_hash(roots.pop(), node), size >> 1
        roots.append(node)
    return b"".join(roots)


def root_of(frontier: bytes) -> bytes:
    """Return the tree's root from its compact range."""
    roots = [frontier[i : i + HASH_BYTES] for i in range(0, len(frontier), HASH_BYTES)]
    if not roots:
        return EMPTY_ROOT
    root = roots.pop()
    while roots:
        root = node_hash(roots.pop(), root)
    return root
