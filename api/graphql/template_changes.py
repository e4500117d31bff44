"""Prompt templates are written, approved, made live, retired and tried over GraphQL."""

from collections.abc import Mapping
from enum import Enum
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.operation import Info, Operation
from api.graphql.templates import PromptPreview, PromptTemplate, PromptTemplatePurpose, template_of
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from api.previewing import Given, preview
from commands.template.approve_template import ApproveTemplate
from commands.template.draft_template import DraftTemplate
from commands.template.release_template import ReleaseTemplate
from commands.template.retire_template import RetireTemplate
from domain.template import content
from domain.template.decisions import TemplateRefused
from tenancy.roles import Permission


@strawberry.enum(description="What a variable holds.")
class PromptVariableType(Enum):
    TEXT = strawberry.enum_value("text", description="A text.")
    NUMBER = strawberry.enum_value("number", description="A number.")
    FLAG = strawberry.enum_value("flag", description="True or false.")
    LIST = strawberry.enum_value("list", description="A list of texts.")


@strawberry.enum(description="How freely a model may word it.")
class PromptPreset(Enum):
    FACTUAL = strawberry.enum_value("factual", description="As little by chance as can be.")
    BALANCED = strawberry.enum_value("balanced", description="In between.")
    CREATIVE = strawberry.enum_value("creative", description="Another answer each time.")


@strawberry.enum(description="A part of a prompt that may be cut where there is no room.")
class PromptSection(Enum):
    EXAMPLES = strawberry.enum_value("examples", description="The last ones first.")
    HISTORY = strawberry.enum_value("history", description="The oldest messages first.")
    PASSAGES = strawberry.enum_value("passages", description="The worst sources first.")
    CONTEXT = strawberry.enum_value("context", description="What stands far from the place first.")
    TERMS = strawberry.enum_value("terms", description="Terms of the glossary.")
    SELECTION = strawberry.enum_value("selection", description="The end of the text that is worked on.")


@strawberry.input(description="A variable to declare.")
class PromptVariableInput:
    name: str = strawberry.field(description="Small letters, digits and underscores.")
    type: PromptVariableType = strawberry.field(default=PromptVariableType.TEXT, description="What it holds.")
    required: bool = strawberry.field(default=True, description="Whether it has to be given.")
    characters_max: int = strawberry.field(default=2_000, description="How long a text, or an entry of a list, may be.")
    description: str = strawberry.field(default="", description="What it is for.")


@strawberry.input(description="An example to show to the model.")
class PromptExampleInput:
    asked: str = strawberry.field(description="The question.")
    answered: str = strawberry.field(description="The answer as it should be.")


@strawberry.input(description="What a version says.")
class PromptContentInput:
    purpose: PromptTemplatePurpose = strawberry.field(description="What work it is for.")
    description: str = strawberry.field(default="", description="What it is for, in a line.")
    system: str = strawberry.field(default="", description="A Jinja template of at most 20,000 characters.")
    user: str = strawberry.field(default="", description="A Jinja template of at most 20,000 characters.")
    variables: list[PromptVariableInput] = strawberry.field(default_factory=list, description="At most 30.")
    examples: list[PromptExampleInput] = strawberry.field(default_factory=list, description="At most 20.")
    preset: PromptPreset | None = strawberry.field(default=None, description="Null is the model's own way.")
    model: str = strawberry.field(default="auto", description="auto, small, large or provider/model.")
    output_tokens_max: int | None = strawberry.field(default=None, description="How long an answer may become.")
    gives_way: list[PromptSection] | None = strawberry.field(default=None, description="First to last; null is usual.")

    def content(self) -> content.TemplateContent:
        gives_way = content.GIVES_WAY
        if self.gives_way is not None:
            gives_way = tuple(content.Section[one.name] for one in self.gives_way)
        return content.TemplateContent(
            purpose=content.TemplatePurpose[self.purpose.name],
            description=self.description,
            system=self.system,
            user=self.user,
            variables=tuple(
                content.Variable(
                    name=one.name,
                    type=content.VariableType[one.type.name],
                    required=one.required,
                    characters_max=one.characters_max,
                    description=one.description,
                )
                for one in self.variables
            ),
            examples=tuple(content.Example(asked=one.asked, answered=one.answered) for one in self.examples),
            preset=None if self.preset is None else content.Preset[self.preset.name],
            model=self.model,
            output_tokens_max=self.output_tokens_max,
            gives_way=gives_way,
        )


@strawberry.input(description="A prompt template.")
class _TemplateInput:
    name: str = strawberry.field(description="Its name.")
    expected_version: int | None = strawberry.field(
        default=None, description="Refuse when the template is no longer this version."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="A version to write.")
class PromptTemplateDraftInput(_TemplateInput):
    content: PromptContentInput = strawberry.field(description="What it says.")


@strawberry.input(description="A version, to approve or to retire.")
class PromptTemplateVersionInput(_TemplateInput):
    version: int = strawberry.field(description="Its number.")


@strawberry.input(description="A version to make live.")
class PromptTemplateArmInput:
    version: int = strawberry.field(description="Its number.")
    weight: int = strawberry.field(default=100, description="From 1 to 100.")


@strawberry.input(description="What models are told from now on.")
class PromptTemplateReleaseInput(_TemplateInput):
    arms: list[PromptTemplateArmInput] = strawberry.field(description="One version, or two that share the calls.")


@strawberry.input(description="A template to try, and what it would be given.")
class PromptPreviewInput:
    content: PromptContentInput = strawberry.field(description="What it says; nothing of it is saved.")
    title: str = strawberry.field(default="", description="The document's title.")
    instruction: str = strawberry.field(default="", description="What somebody asks for.")
    selection: str = strawberry.field(default="", description="The text to work on.")
    context: str = strawberry.field(default="", description="What stands around the place.")
    variables: JSON | None = strawberry.field(default=None, description="An object of values.")
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="The template after the change, or why there was none.")
class PromptTemplatePayload:
    template: PromptTemplate | None = strawberry.field(default=None, description="As it is now.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="What a model would be told, or why the template is none.")
class PromptPreviewPayload:
    preview: PromptPreview | None = strawberry.field(default=None, description="Null when the template is refused.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="Why there is none.")
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


_REFUSED = AnswersRefusals(PromptTemplatePayload)


@strawberry.type
class TemplatesMutation:
    @resolved("Write the next version of a prompt template.", Requires(Permission.TEMPLATE_WRITE), _REFUSED)
    async def prompt_template_draft(
        self,
        info: Info,
        input: Annotated[PromptTemplateDraftInput, strawberry.argument(description="Which, and what.")],  # noqa: A002
    ) -> PromptTemplatePayload:
        command = DraftTemplate(
            name=input.name, content=input.content.content(), expected_version=input.expected_version
        )
        return await _sent(info.context, command, input)

    @resolved("Say that a version may be used.", Requires(Permission.TEMPLATE_APPROVE), _REFUSED)
    async def prompt_template_approve(
        self,
        info: Info,
        input: Annotated[PromptTemplateVersionInput, strawberry.argument(description="Which one.")],  # noqa: A002
    ) -> PromptTemplatePayload:
        command = ApproveTemplate(name=input.name, version=input.version, expected_version=input.expected_version)
        return await _sent(info.context, command, input)

    @resolved("Make a version live, or two beside each other.", Requires(Permission.TEMPLATE_APPROVE), _REFUSED)
    async def prompt_template_release(
        self,
        info: Info,
        input: Annotated[PromptTemplateReleaseInput, strawberry.argument(description="Which ones.")],  # noqa: A002
    ) -> PromptTemplatePayload:
        arms = tuple(content.Arm(version=one.version, weight=one.weight) for one in input.arms)
        command = ReleaseTemplate(name=input.name, arms=arms, expected_version=input.expected_version)
        return await _sent(info.context, command, input)

    @resolved("Use a version no more.", Requires(Permission.TEMPLATE_APPROVE), _REFUSED)
    async def prompt_template_retire(
        self,
        info: Info,
        input: Annotated[PromptTemplateVersionInput, strawberry.argument(description="Which one.")],  # noqa: A002
    ) -> PromptTemplatePayload:
        command = RetireTemplate(name=input.name, version=input.version, expected_version=input.expected_version)
        return await _sent(info.context, command, input)

    @resolved(
        "See what a model would be told; none is called and nothing is saved.",
        Requires(Permission.TEMPLATE_WRITE),
        AnswersRefusals(PromptPreviewPayload),
    )
    async def prompt_template_preview(
        self,
        info: Info,
        input: Annotated[PromptPreviewInput, strawberry.argument(description="What to try.")],  # noqa: A002
    ) -> PromptPreviewPayload:
        given = Given(
            title=input.title,
            instruction=input.instruction,
            selection=input.selection,
            context=input.context,
            values=object_of(input.variables),
        )
        async with info.context.rendering():
            found = await preview(info.context.platform, info.context.tenant, input.content.content(), given)
        return PromptPreviewPayload(preview=PromptPreview.of(found))


def object_of(given: object) -> Mapping[str, object]:
    """Return a JSON object; raise TemplateRefused for any other value."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise TemplateRefused("variables", "Variables are an object.")
    return given


async def _sent(operation: Operation, command: object, given: _TemplateInput) -> PromptTemplatePayload:
    receipt = await send(operation, command, given.idempotency_key)
    return PromptTemplatePayload(
        template=await template_of(operation, given.name), receipt=WriteReceipt(position=receipt.position)
    )
