"""A provider as the gateway calls it: pieces of text, then what was used; or a failure of a known kind."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from gateway.calls import FinishReason, Purpose, Structure, Tool, ToolCall, Turn
from gateway.passages import Passage
from gateway.tokens import Tokens

KEPT_CHARACTERS_MIN: Final = 4_000
"""Of a prompt, about a thousand tokens: of less no provider keeps anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the prompt was made of, for a model that needs no prompt."""

    purpose: Purpose
    question: str = ""
    instruction: str = ""
    selection: str = ""
    context: str = ""
    title: str = ""
    passages: Sequence[Passage] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCall:
    model: str
    turns: tuple[Turn, ...]
    output_tokens_max: int
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    tools_at_once: bool = True
    structure: Structure | None = None
    call_id: str = ""
    """Sent where a provider takes an id of its client's: what it logs can then be found in the ledger."""
    traceparent: str = ""
    """W3C Trace Context; empty where the provider is told of no trace."""
    logprobs: bool = False
    """Whether it is of use to be told how probable each token was; who cannot tell it does not."""
    prompt_cache: str = ""
    """A word of this tenant, under which the provider keeps the beginning of the prompt; empty where it shall not."""
    stable_turns: int = 0
    """How many turns at the beginning are the same in other calls."""
    material: Material = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a model takes beside text; a call that needs more is not given to it."""

    tools: bool = False
    structure: bool = False
    """Whether the provider itself holds the answer to a schema; without that it is asked for in words, and checked."""
    temperature: bool = True
    context_tokens_max: int | None = None
    writes: bool = True
    """Whether it writes what it is told to; a model that only quotes keeps to no form."""


@dataclass(frozen=True, slots=True)
class Piece:
    """
    Some text; an empty piece is a sign of life, from a model that thinks or asks for a tool.

    `parts` is in how many parts the provider sent it: what came together is told together.
    """

    text: str
    parts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Comes last."""

    tokens: Tokens
    finish_reason: FinishReason = FinishReason.STOP
    told: bool = True
    """Whether the provider counted; if it did not, `tokens` say nothing."""
    mean_logprob: float | None = None
    """The mean logarithm of the probabilities of what was written, where it was asked for and is told."""


class FailureKind(StrEnum):
    """UNAVAILABLE and RATE_LIMITED speak against the provider, REFUSED against the request."""

    UNAVAILABLE = "unavailable"
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"


class ProviderFailed(Exception):
    """
    The provider did not answer, or broke off; `kind` says what to make of it. Holds no text of the prompt.

    `passes` is of what may well be answered when it is asked again: a refused connection, a busy server.
    """

    def __init__(
        self, kind: FailureKind, reason: str, *, retry_after_seconds: float | None = None, passes: bool = False
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.retry_after_seconds = retry_after_seconds
        self.passes = passes


class Provider(Protocol):
    """One account at one provider. Closing the stream cancels the call there."""

    @property
    def name(self) -> str:
        """Return the first part of `provider/model`."""
        ...

    @property
    def kind(self) -> str:
        """Return what speaks there: azure, openai, anthropic, compatible, local or scripted."""
        ...

    @property
    def models(self) -> tuple[str, ...]:
        """Return the models that the account names; a hosted one may offer more."""
        ...

    @property
    def offline(self) -> bool:
        """Tell whether prompts stay in this process."""
        ...

    @property
    def what_it_is(self) -> str:
        """Return a sentence for people."""
        ...

    def offers(self, model: str) -> bool: ...

    def capabilities(self, model: str) -> Capabilities: ...

    def confidence(self, call: ProviderCall) -> float | None:
        """Return how sure the model is of this work before it begins, 0 to 1; None when it cannot tell."""
        ...

    async def reach(self) -> None:
        """Ask something that costs nothing, to see whether anybody is there. Raises ProviderFailed."""
        ...

    async def close(self) -> None:
        """Let go of the connections, at the end of the process."""
        ...

    def stream(self, call: ProviderCall) -> AsyncIterator[Piece | ToolCall | Used]:
        """
        Yield pieces, whole tool calls and, last, why it ended and what was used.

        Raises ProviderFailed, NotInItsPower.
        """
        ...
