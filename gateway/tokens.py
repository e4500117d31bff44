"""Tokens in their buckets; and how many a text can have at most, or about, without anybody's token table."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

TURN_TOKENS_MAX = 16
"""What a provider adds around one turn: the speaker and the marks between turns."""

TOOLS_TOKENS_MAX = 1_000
"""What a provider tells a model about the use of tools; Anthropic says 350 to 600."""

BYTES_PER_TOKEN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """
    What a call used, in disjoint buckets, whatever the provider's own fields include in one another.

    `input` was read at the full price, `cache_read` and `cache_write` are what a provider's own prompt cache gave and
    took; `output` is what was written to be read, `reasoning` what was written on the way there.
    """

    input: int = 0
    cache_read: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0

    @property
    def read(self) -> int:
        """Return all of the prompt."""
        return self.input + self.cache_read + self.cache_write

    @property
    def written(self) -> int:
        """Return all that the model wrote."""
        return self.output + self.reasoning

    @property
    def total(self) -> int:
        return self.read + self.written

    def at_least(self, other: "Tokens") -> "Tokens":
        """Return these, with more read or written at the full price where the other count has more."""
        return replace(
            self,
            input=self.input + max(0, other.read - self.read),
            output=self.output + max(0, other.written - self.written),
        )

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(
            input=self.input + other.input,
            cache_read=self.cache_read + other.cache_read,
            cache_write=self.cache_write + other.cache_write,
            output=self.output + other.output,
            reasoning=self.reasoning + other.reasoning,
        )


def tokens_max(texts: Iterable[str]) -> int:
    """Return an upper bound: byte-level encodings make no token out of less than a byte."""
    return sum(len(text.encode()) + TURN_TOKENS_MAX for text in texts)


def tools_tokens_max(schemas: Iterable[str]) -> int:
    """Return an upper bound for the tools that a model is offered, with what providers say to it about tools at all."""
    given = list(schemas)
    return tokens_max(given) + TOOLS_TOKENS_MAX if given else 0


def tokens_about(text: str) -> int:
    """Return an estimate for what a provider did not count; English text has about four bytes a token."""
    return -(-len(text.encode()) // BYTES_PER_TOKEN)
