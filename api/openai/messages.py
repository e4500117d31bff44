"""The messages of a chat completion, and the tools it is offered, in OpenAI's words."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gateway.calls import Speaker, Structure, Tool, ToolCall, Turn

TOOLS_MAX = 128
TOOL_CALLS_MAX = 128
TOOL_DESCRIPTION_CHARACTERS_MAX = 10_000

Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
CallName = Annotated[str, Field(min_length=1, max_length=200)]


class Strict(BaseModel):
    """A parameter that is not listed is refused with its name, never dropped in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TextPart(Strict):
    type: Literal["text"]
    text: str


class RefusalPart(Strict):
    type: Literal["refusal"]
    refusal: str


class CalledFunction(Strict):
    name: Name
    arguments: str


class MadeToolCall(Strict):
    id: CallName
    type: Literal["function"] = "function"
    function: CalledFunction

    def call(self) -> ToolCall:
        return ToolCall(id=self.id, name=self.function.name, arguments=self.function.arguments)


class Message(Strict):
    """One of all roles; what an answer of ours holds may come back as it was."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart | RefusalPart] | None = None
    name: None = None
    refusal: str | None = None
    tool_calls: Annotated[list[MadeToolCall] | None, Field(max_length=TOOL_CALLS_MAX)] = None
    tool_call_id: CallName | None = None
    annotations: Annotated[list[Any] | None, Field(max_length=0)] = None
    audio: None = None
    function_call: None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.content is None and not (self.role == "assistant" and (self.tool_calls or self.refusal)):
            raise ValueError("content is missing")
        if (self.role == "tool") != (self.tool_call_id is not None):
            raise ValueError("tool_call_id belongs to the messages of tools, and to each of them")
        if self.role != "assistant" and (self.tool_calls or self.refusal):
            raise ValueError("tool_calls and refusal belong to messages of the assistant")
        return self

    def turn(self) -> Turn:
        speaker = Speaker.SYSTEM if self.role == "developer" else Speaker(self.role)
        calls = tuple(made.call() for made in self.tool_calls or ())
        return Turn(speaker, self._text(), tool_calls=calls, tool_call_id=self.tool_call_id)

    def _text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        if self.content is None:
            return self.refusal or ""
        return "".join(part.text if isinstance(part, TextPart) else part.refusal for part in self.content)


class FunctionToOffer(Strict):
    name: Name
    description: Annotated[str | None, Field(max_length=TOOL_DESCRIPTION_CHARACTERS_MAX)] = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class ToolToOffer(Strict):
    type: Literal["function"]
    function: FunctionToOffer

    def tool(self) -> Tool:
        function = self.function
        return Tool(
            name=function.name,
            description=function.description or "",
            parameters=function.parameters or {"type": "object", "properties": {}},
            strict=bool(function.strict),
        )


class NamedFunction(Strict):
    name: Name


class NamedChoice(Strict):
    type: Literal["function"]
    function: NamedFunction


ToolChoice = Literal["auto", "none", "required"] | NamedChoice


class Schema(Strict):
    name: Name
    description: str | None = None
    schema_: Annotated[dict[str, Any] | None, Field(alias="schema")] = None
    strict: bool | None = None


class ResponseFormat(Strict):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: Schema | None = None

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if (self.type == "json_schema") != (self.json_schema is not None):
            raise ValueError("json_schema belongs to the type json_schema, and to no other")
        return self

    def structure(self) -> Structure | None:
        """Return the form; that of `json_object` is any object."""
        if self.type == "text":
            return None
        if self.json_schema is None:
            return Structure(name="json_object", schema={"type": "object"}, strict=False)
        asked = self.json_schema
        return Structure(name=asked.name, schema=asked.schema_ or {}, strict=bool(asked.strict))


def tools_of(offered: list[ToolToOffer] | None, choice: ToolChoice | None) -> tuple[tuple[Tool, ...], str]:
    """Return the tools and the choice among them. Raises ValueError when they do not go together."""
    tools = tuple(one.tool() for one in offered or ())
    chosen = choice.function.name if isinstance(choice, NamedChoice) else choice or "auto"
    check_tools(tools, chosen, named=isinstance(choice, NamedChoice))
    return tools, chosen


def check_tools(tools: tuple[Tool, ...], chosen: str, *, named: bool) -> None:
    """Raise ValueError for tools that cannot be told apart, and for a choice of none of them."""
    names = [tool.name for tool in tools]
    if len(set(names)) < len(names):
        raise ValueError("two tools have one name")
    if {"auto", "none", "required"} & set(names):
        raise ValueError("a tool is not called auto, none or required")
    if (named and chosen not in names) or (chosen == "required" and not names):
        raise ValueError("tool_choice names a tool that is not offered")
