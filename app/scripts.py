"""The script of a scripted provider, as a file says it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from app.boot_files import Strict, checked
from gateway.calls import FinishReason, ToolCall
from gateway.providers.port import Capabilities
from gateway.providers.script import Fault, Performance, ScriptedModel
from gateway.tokens import Tokens

MILLISECONDS_MAX = 600_000
_WORDS = re.compile(r"\S+\s*|\s+")

Milliseconds = Annotated[int, Field(ge=0, le=MILLISECONDS_MAX)]
Count = Annotated[int, Field(ge=0)]


class Asked(Strict):
    """A tool call; what is no string of arguments is written as JSON."""

    name: str
    arguments: Any = Field(default_factory=dict)
    id: str | None = None


class Counted(Strict):
    input: Count = 0
    cache_read: Count = 0
    cache_write: Count = 0
    output: Count = 0
    reasoning: Count = 0


class Told(Strict):
    """One performance. `text` is sent word by word, `pieces` as they are."""

    text: str = ""
    pieces: list[str] | None = None
    tool_calls: tuple[Asked, ...] = ()
    finish_reason: FinishReason | None = None
    usage: Counted | None = None
    first_token_milliseconds: Milliseconds = 0
    between_milliseconds: Milliseconds = 0
    status: Annotated[int, Field(ge=200, le=599)] = 200
    headers: dict[str, str] = Field(default_factory=dict)
    fault: Fault | None = None
    fault_after_pieces: Count = 0
    when: str | None = None

    def performance(self) -> Performance:
        calls = tuple(
            ToolCall(
                id=asked.id or f"call_{number}",
                name=asked.name,
                arguments=asked.arguments if isinstance(asked.arguments, str) else json.dumps(asked.arguments),
            )
            for number, asked in enumerate(self.tool_calls, start=1)
        )
        return Performance(
            pieces=tuple(_WORDS.findall(self.text) if self.pieces is None else self.pieces),
            tool_calls=calls,
            finish_reason=self.finish_reason or (FinishReason.TOOL_CALLS if calls else FinishReason.STOP),
            used=None if self.usage is None else Tokens(**self.usage.model_dump()),
            first_token_seconds=self.first_token_milliseconds / 1000,
            between_seconds=self.between_milliseconds / 1000,
            status=self.status,
            headers={name.lower(): value for name, value in self.headers.items()},
            fault=self.fault,
            fault_after_pieces=self.fault_after_pieces,
            when=self.when,
        )

    @model_validator(mode="after")
    def _one_text(self) -> Self:
        if self.text and self.pieces is not None:
            raise ValueError("text and pieces exclude each other")
        return self


class Model(Strict):
    performances: Annotated[list[Told], Field(min_length=1)]
    tools: bool = True
    structure: bool = True
    temperature: bool = True
    context_tokens_max: Annotated[int | None, Field(ge=1)] = None
    confidence: Annotated[float | None, Field(ge=0, le=1)] = None

    def scripted(self) -> ScriptedModel:
        return ScriptedModel(
            performances=tuple(told.performance() for told in self.performances),
            capabilities=Capabilities(
                tools=self.tools,
                structure=self.structure,
                temperature=self.temperature,
                context_tokens_max=self.context_tokens_max,
            ),
            confidence=self.confidence,
        )


class _Script(Strict):
    models: Annotated[dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,100}$")], Model], Field(min_length=1)]


def read_script(path: Path) -> Mapping[str, ScriptedModel]:
    """Return the models of a TOML or JSON file. Raises StartRefused."""
    return {name: model.scripted() for name, model in checked(path, _Script).models.items()}
