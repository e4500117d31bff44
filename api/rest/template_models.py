"""Prompt templates as JSON shows and takes them."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, JsonValue

from api.previewing import Given
from api.rest.models import ActorModel, ReceiptModel, Wire
from api.templating import Actors, ShownTemplate
from domain.template.content import (
    GIVES_WAY,
    Arm,
    Example,
    Preset,
    Section,
    TemplateContent,
    TemplatePurpose,
    Variable,
    VariableType,
)
from domain.template.limits import CONTENT_CHARACTERS_MAX, EXAMPLES_MAX, VARIABLES_MAX
from gateway.calls import Estimate
from gateway.prompting import PROMPT_CHARACTERS_MAX
from projections.templates import TemplateVersion

# Generous: the template itself says, with a code of its own, what is too long.
_Text = Annotated[str, Field(max_length=2 * CONTENT_CHARACTERS_MAX)]
_Given = Annotated[str, Field(max_length=PROMPT_CHARACTERS_MAX)]


class VariableModel(Wire):
    name: _Text
    type: VariableType = VariableType.TEXT
    required: bool = True
    characters_max: int = 2_000
    description: _Text = ""


class ExampleModel(Wire):
    asked: _Text
    answered: _Text


class ContentModel(Wire):
    """`system` and `user` are Jinja templates; `gives_way` names the sections that are cut, first to last."""

    purpose: TemplatePurpose
    description: _Text = ""
    system: _Text = ""
    user: _Text = ""
    variables: Annotated[list[VariableModel], Field(default_factory=list, max_length=2 * VARIABLES_MAX)]
    examples: Annotated[list[ExampleModel], Field(default_factory=list, max_length=2 * EXAMPLES_MAX)]
    preset: Preset | None = None
    model: _Text = "auto"
    output_tokens_max: int | None = None
    gives_way: Annotated[list[Section], Field(default_factory=lambda: list(GIVES_WAY), max_length=20)]

    def content(self) -> TemplateContent:
        return TemplateContent(
            purpose=self.purpose,
            description=self.description,
            system=self.system,
            user=self.user,
            variables=tuple(Variable(**one.model_dump()) for one in self.variables),
            examples=tuple(Example(**one.model_dump()) for one in self.examples),
            preset=self.preset,
            model=self.model,
            output_tokens_max=self.output_tokens_max,
            gives_way=tuple(self.gives_way),
        )

    @classmethod
    def of(cls, content: TemplateContent) -> Self:
        return cls.model_validate(content)


class ArmModel(Wire):
    """Version 0 comes with the platform."""

    version: int
    weight: int = 100

    def arm(self) -> Arm:
        return Arm(version=self.version, weight=self.weight)


class TemplateModel(Wire):
    """
    `live` is what models are told now: one version, two beside each other, or none.

    `by_operator` tells whether version 0 is the operator's for all tenants; your own live version comes before it.
    """

    name: str
    purpose: TemplatePurpose
    description: str
    built_in: bool
    by_operator: bool
    live: list[ArmModel]
    newest: int
    version: int


class TemplateList(Wire):
    items: list[TemplateModel]
    next_cursor: None = None


class VersionModel(Wire):
    version: int
    state: Literal["built_in", "draft", "approved", "live", "retired"]
    weight: int
    content: ContentModel
    drafted_at: datetime | None
    drafted_by: ActorModel | None
    approved_at: datetime | None
    approved_by: ActorModel | None


class TemplateDetail(TemplateModel):
    """`versions` are the newest first; the last is version 0, the operator's or the platform's, where there is one."""

    id: UUID | None
    versions: list[VersionModel]


class TemplateAnswer(TemplateDetail):
    receipt: ReceiptModel


class PreviewWanted(Wire):
    """A version by `name` and `version`, or `content` that nobody has saved (`template:write`)."""

    name: _Text = ""
    version: Annotated[int, Field(ge=0)] = 0
    content: ContentModel | None = None
    title: _Given = ""
    instruction: _Given = ""
    selection: _Given = ""
    context: _Given = ""
    variables: Annotated[dict[str, JsonValue], Field(default_factory=dict, max_length=100)]

    def given(self) -> Given:
        return Given(
            title=self.title,
            instruction=self.instruction,
            selection=self.selection,
            context=self.context,
            values=self.variables,
        )


class PreviewTurn(Wire):
    speaker: Literal["system", "user", "assistant", "tool"]
    text: str


class PreviewModel(Wire):
    """`cost_micros_max` is a bound, `cut` says what there was no room for."""

    turns: list[PreviewTurn]
    tokens_about: int
    output_tokens_max: int
    model: str
    cost_micros_max: int
    currency: str
    sources: int
    cut: str


def preview_model(found: Estimate) -> PreviewModel:
    return PreviewModel(
        turns=[PreviewTurn(speaker=turn.speaker.value, text=turn.text) for turn in found.turns],
        tokens_about=found.input_tokens_about,
        output_tokens_max=found.output_tokens_max,
        model=found.model,
        cost_micros_max=found.cost_micros_max,
        currency=found.currency,
        sources=len(found.sources),
        cut=found.cut,
    )


def template_model(shown: ShownTemplate) -> TemplateModel:
    """Return a template of the list."""
    return TemplateModel.model_validate(_members(shown))


def template_detail(shown: ShownTemplate, actors: Actors) -> TemplateDetail:
    """Return a template with its versions."""
    versions = [_version(one, actors) for one in reversed(shown.versions)]
    if shown.base is not None:
        versions.append(_built_in(shown.base, weight=sum(arm.weight for arm in shown.arms if arm.version == 0)))
    return TemplateDetail.model_validate(
        {
            **_members(shown),
            "id": shown.versions[0].template_id if shown.versions else None,
            "versions": [one.model_dump() for one in versions],
        }
    )


def _members(shown: ShownTemplate) -> dict[str, object]:
    return {
        "name": shown.name,
        "purpose": shown.content.purpose,
        "description": shown.content.description,
        "built_in": shown.built_in is not None,
        "by_operator": bool(shown.house),
        "live": [ArmModel(version=arm.version, weight=arm.weight).model_dump() for arm in shown.arms],
        "newest": shown.versions[-1].version if shown.versions else 0,
        "version": shown.version,
    }


def _version(one: TemplateVersion, actors: Actors) -> VersionModel:
    return VersionModel(
        version=one.version,
        state=one.state.value,
        weight=one.weight,
        content=ContentModel.of(one.content),
        drafted_at=one.drafted_at,
        drafted_by=ActorModel.model_validate(actors[one.drafted_by]),
        approved_at=one.approved_at,
        approved_by=None if one.approved_by is None else ActorModel.model_validate(actors[one.approved_by]),
    )


def _built_in(content: TemplateContent, *, weight: int) -> VersionModel:
    return VersionModel(
        version=0,
        state="built_in",
        weight=weight,
        content=ContentModel.of(content),
        drafted_at=None,
        drafted_by=None,
        approved_at=None,
        approved_by=None,
    )
