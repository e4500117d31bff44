"""Characters that each history uses once: whoever reads one knows which stroke of whose key made it."""

from collections.abc import Iterator
from random import Random
from typing import Final

# Narrow ones, ones of two UTF-16 units, and ones that combine with what stands before them, of both widths.
_RANGES: Final = (
    (6, range(ord("a"), ord("z") + 1)),
    (6, range(0x4E00, 0x9F00)),
    (2, range(0xAC00, 0xD700)),
    (3, range(0x20000, 0x2A000)),
    (2, range(0x1F400, 0x1F4FF)),
    (2, range(0x0300, 0x034F)),
    (1, range(0xE0100, 0xE01F0)),
)


class Alphabet:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._pools: list[Iterator[str]] = []
        for _, codes in _RANGES:
            start = random.randrange(len(codes))
            self._pools.append(chr(codes[(start + n) % len(codes)]) for n in range(len(codes)))

    def word(self) -> str:
        return "".join(self._character() for _ in range(self._random.randint(1, 9)))

    def _character(self) -> str:
        pool = self._random.choices(self._pools, [weight for weight, _ in _RANGES])[0]
        found = next(pool, None)
        return self._character() if found is None else found
