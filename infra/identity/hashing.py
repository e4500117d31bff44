"""Argon2id as OWASP asks for it, in threads, a few at a time."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP, application security verification standard 5, appendix C. Changed here, and every password follows at its
# next use.
PARAMETERS = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
AT_ONCE_MAX = 2


class Argon2Hashing:
    """Each run takes 19 MiB and tens of milliseconds of a core: more at once would starve everything else."""

    def __init__(self, hasher: PasswordHasher = PARAMETERS) -> None:
        self._hasher = hasher
        self._turns = asyncio.Semaphore(AT_ONCE_MAX)

    async def hashed(self, password: str) -> str:
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, verifier: str, password: str) -> bool:
        async with self._turns:
            return await asyncio.to_thread(self._matches, verifier, password)

    def is_outdated(self, verifier: str) -> bool:
        """Tell whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(verifier)

    def _matches(self, verifier: str, password: str) -> bool:
        try:
            return self._hasher.verify(verifier, password)
        except (VerificationError, InvalidHashError):
            return False
