"""What a scripted model does, call after call: words, delays and faults, as somebody has written them down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.calls import FinishReason, ToolCall
from gateway.providers.port import Capabilities
from gateway.tokens import Tokens


class Fault(StrEnum):
    """What goes wrong, after so many pieces; before the first one it goes wrong as the call is made."""

    REFUSED_CONNECTION = "refused_connection"
    HANG = "hang"
    CUT = "cut"
    MALFORMED_CHUNK = "malformed_chunk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """One answer. `status` other than 200 refuses, with these headers; `when` keeps it for prompts that hold this."""

    pieces: Sequence[str] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: FinishReason = FinishReason.STOP
    used: Tokens | None = None
    """None is what a provider does not count."""
    first_token_seconds: float = 0.0
    between_seconds: float = 0.0
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    fault_after_pieces: int = 0
    when: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedModel:
    """Its performances in order, from the first one again after the last."""

    performances: Sequence[Performance]
    capabilities: Capabilities = field(default_factory=Capabilities)
    confidence: float | None = None


DEFAULT = ScriptedModel(
    performances=(
        Performance(
            pieces=("This is a scripted answer: ", "no model has written it."), used=Tokens(input=10, output=12)
        ),
    ),
    capabilities=Capabilities(tools=True, structure=True),
)
"""What there is without a script, as the model `steady`."""
