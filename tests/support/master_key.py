"""The master key of the tests' world."""

from hashlib import sha256
from typing import Final

MASTER_KEY: Final = sha256(b"of tests alone").digest()
