"""A call of a language model as everybody asks for it, and as it comes back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from domain.ai.events import AiCallSettled
from domain.ids import CallId, ConversationId, DocumentId
from domain.template.content import TemplateContent
from gateway.passages import Passage
from tenancy.context import TenantContext


class Purpose(StrEnum):
    """
    What the answer is for; each has a prompt template of its own.

    But for `completion`, which comes with its turns, and `embedding`, which has no prompt.
    """

    DRAFT = "draft"
    REWRITE = "rewrite"
    SUMMARISE = "summarise"
    TRANSLATE = "translate"
    EXTRACT = "extract"
    CHAT = "chat"
    COMPLETION = "completion"
    EMBEDDING = "embedding"


class Speaker(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """What a model may ask the caller to do; `parameters` is a JSON Schema."""

    name: str
    description: str
    parameters: Mapping[str, object]
    strict: bool = False
    """Whether a call of it must keep to `parameters`: one that does not is repaired once, or not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A model's wish that the caller do something; `arguments` is JSON, as the model wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """
    The form that a whole answer must have: a JSON Schema, under a name for the provider.

    The answer is checked against it either way; `strict` tells that the schema is one that providers can hold it to.
    """

    name: str
    schema: Mapping[str, object]
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's words; an assistant's may ask for tools, a tool's are what came of one such call."""

    speaker: Speaker
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheWish:
    """What whoever asks wants of answers that were given before; it never widens what the tenant's policy allows."""

    given_again: bool = True
    """Whether a kept answer will do."""
    kept: bool = True
    """Whether the answer may be kept."""
    age_seconds_max: int | None = None
    """How old a kept answer may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AiRequest:
    """
    What is wanted. The prompt is the purpose's template rendered with `variables`, after `turns`; or the turns alone.

    `call_id` is the caller's: under it a call is settled once, however often it is tried. `question` is what passages
    are looked up for; without it nothing of the tenant's documents is added. `model` is auto, small, large or
    `provider/model`.
    """

    call_id: CallId
    purpose: Purpose
    turns: tuple[Turn, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    template: str = ""
    """By name; empty is the one of the purpose."""
    content: TemplateContent | None = None
    """In place of what is live under a name: to see what would be told."""
    values: Mapping[str, object] = field(default_factory=dict)
    """For the variables that the template declares; what it does not declare is refused."""
    question: str | None = None
    passages: tuple[Passage, ...] | None = None
    """Given by a caller that has looked them up itself; then nothing is looked up here."""
    document_id: DocumentId | None = None
    conversation_id: ConversationId | None = None
    model: str = "auto"
    output_tokens_max: int | None = None
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    """auto, none, required, or the name of the one tool that must be asked for."""
    tools_at_once: bool = True
    """Whether the model may ask for several tools in one answer."""
    structure: Structure | None = None
    read_at_end: bool = False
    """Whether nobody reads the answer as it comes: then a second model may be asked when the first is late."""
    tags: tuple[tuple[str, str], ...] = ()
    endpoint: str = ""
    cache: CacheWish = CacheWish()

    def given_texts(self) -> tuple[str, ...]:
        """Return every text that the prompt is made with, beside its turns."""
        return (*self.variables.values(), *self.own_values())

    def own_values(self) -> tuple[str, ...]:
        """Return the texts that whoever asks gave to variables of the template."""
        lists = (value if isinstance(value, list | tuple) else (value,) for value in self.values.values())
        return tuple(item for one in lists for item in one if isinstance(item, str))


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer, unmasked, in order."""

    text: str
    kept_seconds: float | None = None
    """How long ago it was said, of an answer that is given again."""


class FinishReason(StrEnum):
    """
    Why the text ends. BUDGET and BROKEN end it early; the text so far stands and is paid for.

    UNSTRUCTURED: the answer was not in the form that was asked for, nor was a second one; what is not is not given.
    """

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    BUDGET = "budget"
    BROKEN = "broken"
    CANCELLED = "cancelled"
    BLOCKED = "blocked"
    DECLINED = "declined"
    """The model would not say more, or its provider's filter did not let it."""
    UNSTRUCTURED = "unstructured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The end of a call: the whole text, what it rests on, and the ledger's fact about it."""

    text: str
    sources: tuple[Passage, ...]
    finish_reason: FinishReason
    notice: str
    """What whoever reads the answer should know beside it: what the model is, why the text ends early; may be empty."""
    settled: AiCallSettled
    tool_calls: tuple[ToolCall, ...] = ()
    structured: object = None
    """The value that the text says, where a structure was asked for and the text keeps to it."""
    kept_seconds: float | None = None
    """How long ago it was said, of an answer that is given again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a call could cost: never more than `cost_micros_max`, which is what would be held for it."""

    model: str
    offline: bool
    route_reason: str
    cost_micros_max: int
    currency: str
    input_tokens_about: int
    output_tokens_max: int
    sources: tuple[Passage, ...]
    turns: tuple[Turn, ...] = ()
    """What the model would be told, before anything is masked."""
    cut: str = ""
    """What there would be no room for, in a sentence."""


Record = Callable[[Answer, TenantContext], Awaitable[None]]
"""Makes the ledger's fact durable, together with whatever the caller decided on the answer, in one append."""


class Gateway(Protocol):
    """The one door to every model."""

    def stream(
        self,
        request: AiRequest,
        context: TenantContext,
        *,
        record: Record | None = None,
        stopped: asyncio.Event | None = None,
    ) -> AsyncIterator[Delta | Answer]:
        """
        Yield deltas and, last, the answer, once its fact is durable.

        Once `stopped` is set the model is hung up on, and what it has said so far is the answer: CANCELLED.

        Raises, before the first delta: AiSwitchedOff, RateLimited, BudgetExceeded, UnknownModel, PromptRefused,
        NotInItsPower, BudgetsUnavailable, ProvidersUnavailable. Closing the iterator
        cancels the call; what was used is settled all the same.
        """
        ...

    async def estimate(self, request: AiRequest, context: TenantContext) -> Estimate:
        """
        Return what the call could cost now, without making or counting it.

        Raises AiSwitchedOff, BudgetExceeded when nothing is left at all, UnknownModel, PromptRefused.
        """
        ...
