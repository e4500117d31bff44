"""Vectors for texts as the gateway asks for them, and the local model behind that port."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MODEL = "minilm"


@dataclass(frozen=True, slots=True)
class Embedded:
    """One vector a text, in order, and the tokens that were read."""

    vectors: Sequence[Sequence[float]]
    input_tokens: int


class TextTooLong(Exception):
    """A text has more tokens than the model reads; nothing is cut in silence."""

    def __init__(self, index: int, *, tokens: int, tokens_max: int) -> None:
        super().__init__(f"input[{index}] has {tokens} tokens; this model reads {tokens_max}")
        self.index, self.tokens, self.tokens_max = index, tokens, tokens_max


class EmbeddingProvider(Protocol):
    """A provider that makes vectors."""

    @property
    def name(self) -> str: ...

    @property
    def offline(self) -> bool: ...

    async def embed(self, model: str, texts: Sequence[str], *, dimensions: int | None) -> Embedded:
        """Return a vector for each text. Raises ProviderFailed, TextTooLong."""
        ...


class LocalEmbedder(Protocol):
    """The embedding model in this process."""

    @property
    def tokens_max(self) -> int: ...

    async def tokens(self, texts: Sequence[str]) -> Sequence[int]:
        """Count the tokens of each text, uncut."""
        ...

    async def floats(self, texts: Sequence[str]) -> Sequence[Sequence[float]]: ...


@dataclass(frozen=True, slots=True)
class LocalEmbedding:
    """Implements EmbeddingProvider in this process; its vectors have one length."""

    embedder: LocalEmbedder
    name: str = "local"
    offline: bool = True

    async def embed(self, model: str, texts: Sequence[str], *, dimensions: int | None) -> Embedded:
        del model, dimensions
        counts = await self.embedder.tokens(texts)
        for index, tokens in enumerate(counts):
            if tokens > self.embedder.tokens_max:
                raise TextTooLong(index, tokens=tokens, tokens_max=self.embedder.tokens_max)
        return Embedded(await self.embedder.floats(texts), sum(counts))
