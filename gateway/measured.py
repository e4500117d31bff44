"""How many tokens a model makes of what was read and written, for streams that end before their provider tells."""

from dataclasses import dataclass, field

from cachetools import LRUCache

from gateway.tokens import BYTES_PER_TOKEN, TURN_TOKENS_MAX, Tokens

MODELS_MAX = 1_000
FADE = 0.98
"""What was seen fifty calls ago counts a third."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What crossed the wire of a call: `pieces` as they streamed, and bytes."""

    bytes_read: int
    pieces: int
    bytes_written: int


@dataclass(slots=True)
class _Ratio:
    """Tokens for one of something, and by how much such a count was wrong so far."""

    amount: float = 0.0
    tokens: float = 0.0
    wrong: float = 0.0

    def of(self, amount: int) -> float | None:
        return self.tokens / self.amount * amount if self.amount else None

    def learn(self, amount: int, tokens: int) -> None:
        expected = self.of(amount)
        self.wrong = self.wrong * FADE + (abs(expected - tokens) if expected is not None else 0.0)
        self.amount, self.tokens = self.amount * FADE + amount, self.tokens * FADE + tokens


@dataclass(slots=True)
class _Model:
    read: _Ratio = field(default_factory=_Ratio)
    piece: _Ratio = field(default_factory=_Ratio)
    written: _Ratio = field(default_factory=_Ratio)


class Measured:
    """Learns from every whole call: each model has an encoding and a pace of its own."""

    def __init__(self) -> None:
        self._models: LRUCache[str, _Model] = LRUCache(MODELS_MAX)

    def learn(self, model: str, seen: Seen, tokens: Tokens) -> None:
        """Take what the provider of a whole call told."""
        of = self._models.setdefault(model, _Model())
        if seen.bytes_read and tokens.read:
            of.read.learn(seen.bytes_read, tokens.read)
        if seen.pieces and tokens.output:
            of.piece.learn(seen.pieces, tokens.output)
            of.written.learn(seen.bytes_written, tokens.output)

    def counted(self, model: str, seen: Seen, *, turns: int) -> Tokens:
        """Return what a call used whose provider did not tell; never more than it can have used."""
        of = self._models.get(model, _Model())
        read = of.read.of(seen.bytes_read)
        by_piece, by_byte = of.piece.of(seen.pieces), of.written.of(seen.bytes_written)
        # Whichever has told better so far; a piece is a token at least.
        written = by_piece if of.piece.wrong <= of.written.wrong else by_byte
        about = max(seen.pieces, _about(seen.bytes_written))
        return Tokens(
            input=min(
                _about(seen.bytes_read) if read is None else round(read),
                seen.bytes_read + turns * TURN_TOKENS_MAX,
            ),
            output=about if written is None else round(written),
        )


def _about(size_bytes: int) -> int:
    return -(-size_bytes // BYTES_PER_TOKEN)
