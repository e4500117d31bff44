"""API keys that were looked up a moment ago: a client that calls a model a hundred times a second has one key."""

from collections.abc import Iterable
from typing import Final

from cachetools import TTLCache

from infra.postgres.shared_reads import SharedReads
from tenancy.credentials import Credential, CredentialKind, Credentials

AGE_SECONDS_MAX: Final = 0.5
"""So long another process may take a key that was just revoked, as with settings; the one that revokes it does not."""
KEYS_MAX: Final = 10_000
_AGGREGATES: Final = frozenset({"api_key", "member", "session", "sessions", "tenant"})
"""Whose events may change what a key may do."""


class RecentKeys:
    """Implements tenancy.credentials.Credentials; only valid keys are remembered, by their digests."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._recent: TTLCache[bytes, Credential] = TTLCache(KEYS_MAX, AGE_SECONDS_MAX)
        self._reads: SharedReads[bytes, Credential | None] = SharedReads()
        self._changes = 0

    async def find(self, secret_hash: bytes) -> Credential | None:
        """Return what the directory knows of a secret, or knew half a second ago of an API key."""
        known = self._recent.get(secret_hash)
        if known is not None:
            return known
        changes = self._changes
        found = await self._reads.of(secret_hash, lambda: self._credentials.find(secret_hash))
        is_key = found is not None and found.kind is CredentialKind.KEY and found.ended_at is None
        # What was read while the directory changed may be what it was before.
        if found is not None and is_key and changes == self._changes:
            self._recent[secret_hash] = found
        return found

    def appended(self, names: Iterable[str]) -> None:
        """Look again where this process has changed who may do what."""
        if any(name.partition(".")[0] in _AGGREGATES for name in names):
            self._changes += 1
            self._recent.clear()
