"""What a model takes beside text: what is known of its kind and name, and what the account's owner says of it."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gateway.providers.port import Capabilities

_NO_TEMPERATURE: Final = re.compile(r"^(o\d|gpt-5(?![.\d])(?!-chat))")
"""Models of OpenAI that reason: any temperature but their own is refused."""

_BEFORE_SCHEMAS: Final = re.compile(r"^(gpt-3|gpt-4(?![.o\d])|gpt-4o-2024-05|o1-(mini|preview)|chatgpt)")
_BEFORE_TOOLS: Final = re.compile(r"^(o1-(mini|preview)|gpt-3.5-turbo-instruct|chatgpt)")
_CLAUDE: Final = re.compile(r"^claude-[a-z]+-(\d+)(?:-(\d{1,2}))?(?!\d)")
_CLAUDE_WITH_SCHEMAS: Final = (4, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the owner of an account says of a model there; None leaves it at what is known."""

    listed_as: str | None = None
    """The model's name in the price list, where the account calls it otherwise, as deployments at Azure do."""
    tools: bool | None = None
    structure: bool | None = None
    temperature: bool | None = None
    context_tokens_max: int | None = None


def capabilities_of(kind: str, model: str, declared: Declared | None) -> Capabilities:
    """Return what the model takes. The first look at a listed model loads the price list: call it in a thread."""
    said = declared or Declared()
    known = _known(kind, said.listed_as or model)
    return Capabilities(
        tools=known.tools if said.tools is None else said.tools,
        structure=known.structure if said.structure is None else said.structure,
        temperature=known.temperature if said.temperature is None else said.temperature,
        context_tokens_max=said.context_tokens_max or known.context_tokens_max,
    )


@lru_cache(maxsize=1_000)
def _known(kind: str, model: str) -> Capabilities:
    context = _listed_context(kind, model)
    if kind == "anthropic":
        version = _CLAUDE.match(model)
        numbers = (int(version[1]), int(version[2] or 0)) if version else (0, 0)
        # The protocol has no temperature since its version 2026-10-21: any value is refused there.
        schemas = numbers >= _CLAUDE_WITH_SCHEMAS
        return Capabilities(tools=True, structure=schemas, temperature=False, context_tokens_max=context)
    if kind == "compatible":
        # Whether a server that only speaks the protocol keeps to a schema, nobody knows.
        return Capabilities(tools=True, structure=False, temperature=True)
    return Capabilities(
        tools=_BEFORE_TOOLS.match(model) is None,
        structure=_BEFORE_SCHEMAS.match(model) is None,
        temperature=_NO_TEMPERATURE.match(model) is None,
        context_tokens_max=context,
    )


def _listed_context(kind: str, model: str) -> int | None:
    """Return the length that the price list tells beside the price."""
    from genai_prices import Usage, calc_price  # noqa: PLC0415  # heavy; only when a hosted model is first used

    try:
        return calc_price(Usage(input_tokens=1), model, provider_id=kind).model.context_window
    except LookupError:
        return None
