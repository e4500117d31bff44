"""The key behind every other key: read, judged, or made once per data folder."""

import base64
import binascii
import os
import re
import secrets
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from infra.start_refused import StartRefused

FILE_NAME = "master.key"
KEY_BYTES_MIN = 32
# 32 random bytes have fewer distinct values once in more than 10**9 keys.
DISTINCT_BYTES_MIN = 20
# Long enough that a random key does not hold one by chance.
COMMON_WORDS = (
    "change", "colophon", "default", "example", "insecure", "letmein", "master", "password", "qwerty",
    "replace", "sample", "secret", "welcome",
)  # fmt: skip
NEW_KEY_COMMAND = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2})+")


class WeakMasterKey(ValueError):
    """The key could be guessed, so nothing that it protects would be protected."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}. Make a good one with: {NEW_KEY_COMMAND}")


class MasterKeyRefused(StartRefused):
    """The key file in the data folder cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKeys:
    """One, or two while one is exchanged: the first for what is new, the other for what it has wrapped."""

    key: bytes = field(repr=False)
    other: bytes | None = field(default=None, repr=False)


def parse_master_key(text: str) -> bytes:
    """Read hexadecimal or base64url and refuse whatever did not come from a random source."""
    written = text.strip()
    key = _decoded(written)
    if len(key) < KEY_BYTES_MIN:
        raise WeakMasterKey(f"the master key has {len(key)} bytes; it needs at least {KEY_BYTES_MIN}")
    if _is_patterned(key) or _says_something(written) or _says_something(key.decode("latin-1")):
        raise WeakMasterKey("the master key is a pattern, a common word or a value from an example")
    return key


def load_or_create_master_key(data_folder: Path) -> bytes:
    """Return the data folder's key; make one only while there is no data that an older key protects."""
    path = data_folder / FILE_NAME
    if not path.exists():
        if protects_data(data_folder):
            raise MasterKeyRefused(
                f"{path} is missing, and the data in {data_folder} cannot be read without it. "
                "Put the file back from your backup, or start in a new folder with --data DIR."
            )
        create_master_key(path)
    return read_master_key(path)


def read_master_key(path: Path) -> bytes:
    """Return the key that lies in a data folder. Raises MasterKeyRefused."""
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise MasterKeyRefused(f"{path} can be read by others. Make it private: chmod 600 {path}")
    try:
        return parse_master_key(path.read_text())
    except (ValueError, OSError) as error:
        if protects_data(path.parent):
            # Not the error's own words: they say how to make another key, which would not open this data.
            raise MasterKeyRefused(
                f"{path} is damaged, and the data in {path.parent} cannot be read without it. "
                "Put the file back from your backup, or start in a new folder with --data DIR."
            ) from error
        raise MasterKeyRefused(f"{path}: {error}") from error


def protects_data(data_folder: Path) -> bool:
    """Tell whether there is anything that the folder's key opens."""
    return (data_folder / "postgres" / "PG_VERSION").exists()


def create_master_key(path: Path) -> None:
    """Write a new key, whole or not at all, for its owner's eyes only."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{secrets.token_urlsafe(KEY_BYTES_MIN)}\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    remember_names(path.parent)


def remember_names(folder: Path) -> None:
    """Have the folder's names survive a loss of power: a key that was used must not lie under another one."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _decoded(written: str) -> bytes:
    if HEXADECIMAL.fullmatch(written):
        return bytes.fromhex(written)
    standard = written.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except binascii.Error:
        raise WeakMasterKey("the master key is neither hexadecimal nor base64url") from None


def _is_patterned(key: bytes) -> bool:
    steps = {(after - before) % 256 for before, after in pairwise(key)}
    return min(len(set(key)), len(steps)) < DISTINCT_BYTES_MIN


def _says_something(text: str) -> bool:
    return any(word in text.lower() for word in COMMON_WORDS)
