"""Prompt templates, what models are told, as GraphQL shows them."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.operation import Info, Operation
from api.graphql.usage import Money
from api.templating import ShownTemplate, all_templates, one_template
from domain.template.content import Arm, TemplateContent
from domain.template.decisions import NoSuchTemplate
from gateway.calls import Estimate
from projections.templates import TemplateVersion
from tenancy.roles import Permission


@strawberry.enum(description="What work a template is for.")
class PromptTemplatePurpose(Enum):
    DRAFT = strawberry.enum_value("draft", description="New text.")
    REWRITE = strawberry.enum_value("rewrite", description="The selected blocks, said differently.")
    SUMMARISE = strawberry.enum_value("summarise", description="What a text says, shorter.")
    TRANSLATE = strawberry.enum_value("translate", description="The selected blocks in another language.")
    EXTRACT = strawberry.enum_value("extract", description="What is asked for, as a list.")
    CHAT = strawberry.enum_value("chat", description="Answers of an assistant.")
    COMPLETION = strawberry.enum_value("completion", description="What stands before the messages of a caller of /v1.")


@strawberry.enum(description="How a version of a template stands.")
class PromptTemplateState(Enum):
    BUILT_IN = strawberry.enum_value(
        "built_in", description="The operator's, or it comes with the platform; it counts where none is live."
    )
    DRAFT = strawberry.enum_value("draft", description="It was written.")
    APPROVED = strawberry.enum_value("approved", description="It may be made live.")
    LIVE = strawberry.enum_value("live", description="Models are told this.")
    RETIRED = strawberry.enum_value("retired", description="It is used no more.")


@strawberry.type(description="A value that whoever uses the template gives.")
class PromptTemplateVariable:
    name: str = strawberry.field(description="As the template speaks of it.")
    type: str = strawberry.field(description="text, number, flag or list.")
    required: bool = strawberry.field(description="Whether it has to be given.")
    characters_max: int = strawberry.field(description="How long a text, or an entry of a list, may be.")
    description: str = strawberry.field(description="What it is for.")


@strawberry.type(description="What was asked once, and an answer as it should be.")
class PromptTemplateExample:
    asked: str = strawberry.field(description="The question.")
    answered: str = strawberry.field(description="The answer.")


@strawberry.type(description="One version of a template; what it says is never rewritten.")
class PromptTemplateVersion:
    version: int = strawberry.field(description="Its number; 0 is the operator's or comes with the platform.")
    state: PromptTemplateState = strawberry.field(description="How it stands.")
    weight: int = strawberry.field(description="How often it is told beside another live version; 0 when it is not.")
    description: str = strawberry.field(description="What it is for, in a line.")
    system: str = strawberry.field(description="The Jinja template of what the model is.")
    user: str = strawberry.field(description="The Jinja template of what it is given.")
    variables: list[PromptTemplateVariable] = strawberry.field(description="What it is given by whoever uses it.")
    examples: list[PromptTemplateExample] = strawberry.field(description="Shown to the model before its own turn.")
    preset: str | None = strawberry.field(description="factual, balanced or creative; null is the model's own way.")
    model: str = strawberry.field(description="Who is asked where the caller names nobody.")
    output_tokens_max: int | None = strawberry.field(description="How long an answer may become.")
    gives_way: list[str] = strawberry.field(description="What is cut where there is no room, first to last.")
    drafted_at: datetime | None = strawberry.field(description="When it was written.")
    approved_at: datetime | None = strawberry.field(description="When it was approved.")

    @classmethod
    def of(cls, one: TemplateVersion) -> Self:
        return cls._of(
            one.content, one.version, one.state, one.weight, drafted_at=one.drafted_at, approved_at=one.approved_at
        )

    @classmethod
    def built_in(cls, content: TemplateContent, weight: int) -> Self:
        return cls._of(content, 0, "built_in", weight, drafted_at=None, approved_at=None)

    @classmethod
    def _of(
        cls,
        content: TemplateContent,
        version: int,
        state: str,
        weight: int,
        *,
        drafted_at: datetime | None,
        approved_at: datetime | None,
    ) -> Self:
        return cls(
            version=version,
            state=PromptTemplateState(str(state)),
            weight=weight,
            description=content.description,
            system=content.system,
            user=content.user,
            variables=[
                PromptTemplateVariable(
                    name=one.name,
                    type=str(one.type),
                    required=one.required,
                    characters_max=one.characters_max,
                    description=one.description,
                )
                for one in content.variables
            ],
            examples=[PromptTemplateExample(asked=one.asked, answered=one.answered) for one in content.examples],
            preset=None if content.preset is None else str(content.preset),
            model=content.model,
            output_tokens_max=content.output_tokens_max,
            gives_way=[str(section) for section in content.gives_way],
            drafted_at=drafted_at,
            approved_at=approved_at,
        )


@strawberry.type(description="A version that models are told, and how often beside the other one.")
class PromptTemplateArm:
    version: int = strawberry.field(description="Its number; 0 is the operator's or comes with the platform.")
    weight: int = strawberry.field(description="From 1 to 100.")

    @classmethod
    def of(cls, arm: Arm) -> Self:
        return cls(version=arm.version, weight=arm.weight)


@strawberry.type(description="A prompt template under its name.")
class PromptTemplate:
    name: str = strawberry.field(description="A short word; there is one template of a name.")
    purpose: PromptTemplatePurpose = strawberry.field(description="What work it is for.")
    description: str = strawberry.field(description="What it is for, in a line.")
    built_in: bool = strawberry.field(description="Whether one of this name comes with the platform.")
    by_operator: bool = strawberry.field(description="Whether version 0 is the operator's, for all tenants.")
    live: list[PromptTemplateArm] = strawberry.field(description="What models are told now; empty is nothing.")
    newest: int = strawberry.field(description="The newest version of the tenant; 0 when there is none.")
    version: int = strawberry.field(description="Grows with every change of the template as a whole.")

    @resolved("All its versions, the newest first; last version 0, where there is one.")
    async def versions(self, info: Info) -> list[PromptTemplateVersion]:
        shown, _ = await one_template(info.context.platform, info.context.tenant, self.name)
        found = [PromptTemplateVersion.of(one) for one in reversed(shown.versions)]
        if shown.base is not None:
            weight = sum(arm.weight for arm in shown.arms if arm.version == 0)
            found.append(PromptTemplateVersion.built_in(shown.base, weight))
        return found

    @classmethod
    def of(cls, shown: ShownTemplate) -> Self:
        return cls(
            name=shown.name,
            purpose=PromptTemplatePurpose(str(shown.content.purpose)),
            description=shown.content.description,
            built_in=shown.built_in is not None,
            by_operator=bool(shown.house),
            live=[PromptTemplateArm.of(arm) for arm in shown.arms],
            newest=shown.versions[-1].version if shown.versions else 0,
            version=shown.version,
        )


@strawberry.type(description="What a speaker of a prompt says.")
class PromptTurn:
    speaker: str = strawberry.field(description="system, user or assistant.")
    text: str = strawberry.field(description="The words.")


@strawberry.type(description="What a model would be told; none was called.")
class PromptPreview:
    turns: list[PromptTurn] = strawberry.field(description="In their order.")
    tokens_about: int = strawberry.field(description="About how many tokens they are.")
    model: str = strawberry.field(description="Who would be asked first.")
    cost_max: Money = strawberry.field(description="What it could cost at most.")
    cut: str = strawberry.field(description="What there would be no room for; empty when all fits.")

    @classmethod
    def of(cls, found: Estimate) -> Self:
        return cls(
            turns=[PromptTurn(speaker=str(turn.speaker), text=turn.text) for turn in found.turns],
            tokens_about=found.input_tokens_about,
            model=found.model,
            cost_max=Money.of(found.cost_micros_max, found.currency),
            cut=found.cut,
        )


async def template_of(operation: Operation, name: str) -> PromptTemplate | None:
    """Return the template of a name; None when there is none."""
    try:
        shown, _ = await one_template(operation.platform, operation.tenant, name)
    except NoSuchTemplate:
        return None
    return PromptTemplate.of(shown)


@strawberry.type
class TemplatesQuery:
    @resolved("Every prompt template by name.", Requires(Permission.TEMPLATE_READ))
    async def prompt_templates(self, info: Info) -> list[PromptTemplate]:
        return [PromptTemplate.of(one) for one in await all_templates(info.context.platform, info.context.tenant)]

    @resolved("One prompt template.", Requires(Permission.TEMPLATE_READ))
    async def prompt_template(
        self, info: Info, name: Annotated[str, strawberry.argument(description="Its name.")]
    ) -> PromptTemplate | None:
        return await template_of(info.context, name)
