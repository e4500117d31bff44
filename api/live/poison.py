"""Updates that the CRDT library refused although they read well: remembered, so that nobody brings them twice."""

import hashlib

from cachetools import LRUCache

REMEMBERED_UPDATES_MAX = 10_000


class Poison:
    """Digests only, of this process; what is forgotten costs one more reload of the document."""

    def __init__(self) -> None:
        self._digests: LRUCache[bytes, None] = LRUCache(REMEMBERED_UPDATES_MAX)

    def remember(self, update: bytes) -> None:
        self._digests[hashlib.sha256(update).digest()] = None

    def is_known(self, update: bytes) -> bool:
        return bool(self._digests) and hashlib.sha256(update).digest() in self._digests
