"""What stands between a master key and a data key: keys wrapped by keys, and how a master key is recognised."""

import hashlib
import hmac
import os
import time
from collections.abc import Callable, Iterable, KeysView
from contextlib import suppress

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy import text

from infra.event_store.key_cache import KeyCache
from infra.start_refused import StartRefused

KEY_BYTES = 32
CACHED_TENANT_KEYS_MAX = 4096
FINGERPRINT_CHARACTERS = 16
IDEMPOTENCY, KNOWLEDGE, REVIEWS = "fingerprint", "knowledge", "reviews"
LASTING = (IDEMPOTENCY, KNOWLEDGE, REVIEWS)
"""Purposes whose secret outlives the master key: receipts, ids in the tables and exceptions rest on it."""
REMEMBER_MASTER_KEY = text(
    "WITH known AS (INSERT INTO keystore.master_keys (fingerprint) "
    "SELECT CAST(:fingerprint AS text) WHERE NOT EXISTS (SELECT FROM keystore.master_check) ON CONFLICT DO NOTHING) "
    "INSERT INTO keystore.master_check (digest) VALUES (:digest) ON CONFLICT DO NOTHING"
)


class WrongMasterKey(StartRefused):
    """The master key does not open this keystore; starting with it would only write what nobody can read."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(
            sentence
            or "The master key (COLOPHON_MASTER_KEY, or master.key in the data folder) is not the key that this "
            "database was set up with, or not any more: after `colophon keys rotate-master` every process needs the "
            "new key. Restore the right key; without it the content cannot be read."
        )


class PasswordRefused(WrongMasterKey):
    """The database's roles have other passwords than this key gives them."""

    def __init__(self) -> None:
        super().__init__(
            "The database refuses the password that is derived from the master key: COLOPHON_MASTER_KEY is not the key "
            "that this database was set up with, it was exchanged for another (`colophon keys rotate-master`), or "
            "`colophon migrate` was never run."
        )


class FormerKeyMissing(WrongMasterKey):
    """Some keys are wrapped by a master key that this process was not given; they would read as lost."""

    def __init__(self, fingerprint: str) -> None:
        super().__init__(
            f"An exchange of the master key is not at its end: something is still under the former key {fingerprint}. "
            "Set COLOPHON_MASTER_KEY_FORMER to it, or finish `colophon keys rotate-master` first."
        )


class KeystoreElsewhere(WrongMasterKey):
    """Keys are looked for where they are not any more."""

    def __init__(self) -> None:
        super().__init__(
            "The keys of this installation are in another database: set COLOPHON_KEYSTORE_URL as it was for "
            "`colophon migrate`."
        )


def master_key_digest(master_key: bytes) -> bytes:
    """Return what a database remembers of its master key: enough to tell another one, and to open nothing."""
    return hmac.new(_wrapping_key(master_key), b"master-check", hashlib.sha256).digest()


def fingerprint(master_key: bytes) -> str:
    """Return the name by which people and databases tell master keys apart."""
    return fingerprint_of(master_key_digest(master_key))


def fingerprint_of(digest: bytes) -> str:
    """Return the fingerprint of the key that has this digest."""
    return bytes(digest).hex()[:FINGERPRINT_CHARACTERS]


def remembered(master_key: bytes) -> dict[str, object]:
    """Return the parameters of REMEMBER_MASTER_KEY."""
    return {"digest": master_key_digest(master_key), "fingerprint": fingerprint(master_key)}


def unwrapped(wrapped: bytes, wrapping_keys: Iterable[bytes]) -> bytes:
    """Return what one of the keys has wrapped. Raises WrongMasterKey."""
    for key in wrapping_keys:
        with suppress(InvalidUnwrap):
            return aes_key_unwrap(key, wrapped)
    raise WrongMasterKey


def derived(master_key: bytes, purpose: str) -> bytes:
    """Return a key of its own for one purpose, from which the master key cannot be found."""
    return hmac.new(master_key, f"colophon/{purpose}/v1".encode(), hashlib.sha256).digest()


def _wrapping_key(master_key: bytes) -> bytes:
    return hmac.new(master_key, b"colophon/keystore/v1", hashlib.sha256).digest()


class KeyWrapping:
    """Makes, wraps and unwraps; keeps the opened tenant keys for as long as data keys are kept."""

    def __init__(
        self, master_key: bytes, timer: Callable[[], float] = time.monotonic, *, other_master_key: bytes | None = None
    ) -> None:
        keys = [key for key in (master_key, other_master_key) if key is not None]
        self._wrapping_keys = {fingerprint(key): _wrapping_key(key) for key in keys}
        # Unwrapping takes 50 us; by what was unwrapped, so that an epoch that is gone is never mistaken for another.
        self._opened: KeyCache[bytes, bytes] = KeyCache(entries_max=CACHED_TENANT_KEYS_MAX, timer=timer)

    @property
    def known(self) -> KeysView[str]:
        """The fingerprints of the master keys that this process has."""
        return self._wrapping_keys.keys()

    def new_tenant_key(self, master_key: str) -> bytes:
        """Return a random tenant key, wrapped by the master key of this fingerprint. Raises WrongMasterKey."""
        return self.wrap(master_key, os.urandom(KEY_BYTES))

    def under(self, master_key: str, wrapped: bytes) -> bytes:
        """Return the same key, wrapped by the master key of this fingerprint. Raises WrongMasterKey."""
        return self.wrap(master_key, self.opened(wrapped))

    def opened(self, wrapped: bytes) -> bytes:
        """Return what a master key has wrapped. Raises WrongMasterKey."""
        return unwrapped(wrapped, self._wrapping_keys.values())

    def new_data_key(self, tenant_key: bytes) -> bytes:
        """Return a random data key, wrapped by a tenant key that is itself given wrapped."""
        return aes_key_wrap(self._open(tenant_key), os.urandom(KEY_BYTES))

    def data_key(self, tenant_key: bytes, wrapped: bytes) -> bytes:
        """Return the data key itself. Raises WrongMasterKey."""
        return aes_key_unwrap(self._open(tenant_key), wrapped)

    def rewrapped(self, wrapped: bytes, *, before: bytes, after: bytes) -> bytes:
        """Return the data key wrapped by another tenant key than before."""
        return aes_key_wrap(self._open(after), self.data_key(before, wrapped))

    def forget(self) -> None:
        self._opened.clear()

    def _open(self, tenant_key: bytes) -> bytes:
        opened = self._opened.get(tenant_key)
        if opened is None:
            opened = self.opened(tenant_key)
            self._opened.put(tenant_key, opened)
        return opened

    def wrap(self, master_key: str, key: bytes) -> bytes:
        """Return the key, wrapped by the master key of this fingerprint. Raises WrongMasterKey."""
        if master_key not in self._wrapping_keys:
            raise WrongMasterKey
        return aes_key_wrap(self._wrapping_keys[master_key], key)
