"""What stands between the master key and a data key: keys wrapped by keys, and the check that the first is right."""

import hashlib
import hmac
import os
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from sqlalchemy import text

from infra.event_store.key_cache import KeyCache
from infra.start_refused import StartRefused

KEY_BYTES = 32
CACHED_TENANT_KEYS_MAX = 4096
REMEMBER_MASTER_KEY = text("INSERT INTO keystore.master_check (digest) VALUES (:digest) ON CONFLICT DO NOTHING")


class WrongMasterKey(StartRefused):
    """The master key does not open this keystore; starting with it would only write what nobody can read."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(
            sentence
            or "The master key (COLOPHON_MASTER_KEY, or master.key in the data folder) is not the key that this "
            "database was set up with. Restore the right key; without it the content cannot be read."
        )


class PasswordRefused(WrongMasterKey):
    """The database's roles have other passwords than this key gives them."""

    def __init__(self) -> None:
        super().__init__(
            "The database refuses the password that is derived from the master key: COLOPHON_MASTER_KEY is not the key "
            "that this database was set up with, or `colophon migrate` was never run."
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


def _wrapping_key(master_key: bytes) -> bytes:
    return hmac.new(master_key, b"colophon/keystore/v1", hashlib.sha256).digest()


class KeyWrapping:
    """Makes, wraps and unwraps; keeps the opened tenant keys for as long as data keys are kept."""

    def __init__(self, master_key: bytes, timer: Callable[[], float] = time.monotonic) -> None:
        self._wrapping_key = _wrapping_key(master_key)
        # Unwrapping takes 50 us; by what was unwrapped, so that an epoch that is gone is never mistaken for another.
        self._opened: KeyCache[bytes, bytes] = KeyCache(entries_max=CACHED_TENANT_KEYS_MAX, timer=timer)

    def new_tenant_key(self) -> bytes:
        """Return a random tenant key, wrapped by the master key."""
        return aes_key_wrap(self._wrapping_key, os.urandom(KEY_BYTES))

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
            try:
                opened = aes_key_unwrap(self._wrapping_key, tenant_key)
            except InvalidUnwrap:
                raise WrongMasterKey from None
            self._opened.put(tenant_key, opened)
        return opened
