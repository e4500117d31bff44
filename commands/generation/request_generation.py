"""Ask a model to write in a document; a co-author takes it up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from commands.content_work import content_work_of
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports, require
from commands.streams import load_writable
from domain.errors import Forbidden
from domain.generation.decisions import GenerationRefused, request
from domain.generation.events import GenerationKind, GenerationMode, GenerationRequested
from domain.ids import DocumentId, GenerationId, StreamId, document_stream
from domain.sealed import Sealed
from domain.template.built_in import DEFAULT_NAMES
from domain.template.content import TemplatePurpose
from domain.template.live import live_versions
from domain.template.values import accepted_values, unpacked_values
from tenancy.document_rights import Access
from tenancy.policies import Policy
from tenancy.roles import Permission


class GenerationSwitchedOff(Forbidden):
    """AI, or text asked for in documents, is switched off for whoever asks."""

    code: ClassVar = "generation.switched_off"

    def __init__(self) -> None:
        super().__init__("Text cannot be asked for here: it is switched off.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestGeneration:
    generation_id: GenerationId = field(compare=False)
    document_id: DocumentId
    kind: GenerationKind
    mode: GenerationMode
    instruction: str
    block_from: int | None = None
    block_to: int | None = None
    template: str = ""
    values: str = ""
    """For the template's variables, as JSON."""


async def handle(command: RequestGeneration, context: CommandContext, ports: Ports) -> Receipt:
    """Whoever wants an insertion decides beforehand, and must be allowed to."""
    policy = await ports.policies.of(context.tenant)
    if not policy.flag("ai.enabled") or not policy.flag("feature.generation"):
        raise GenerationSwitchedOff
    if context.tenant.member_id is None:
        raise GenerationRefused("Text is asked for by members.")
    _require_values(command, policy)
    if command.mode is GenerationMode.INSERT:
        require(context, Permission.DOCUMENT_WRITE)
        await ports.rights.require(command.document_id, context.tenant, Access.WRITE)
    document = await load_writable(ports.log, command.document_id, context)
    body = await ports.body_states.load(command.document_id, context.tenant)
    blocks = await content_work_of(context.tenant.tenant_id, ports.bodies.blocks, document.state.body, body.state)
    events: Sequence[Sealed] = request(
        GenerationRequested(
            generation_id=command.generation_id,
            document_id=command.document_id,
            kind=command.kind,
            mode=command.mode,
            instruction=command.instruction,
            block_from=command.block_from,
            block_to=command.block_to,
            position=body.position,
            requested_by=context.tenant.member_id,
            template=command.template,
            values=command.values,
        ),
        blocks=len(blocks),
    )
    return await ports.log.append(
        [
            StreamWrite(StreamId(command.generation_id), 0, events),
            StreamWrite(document_stream(command.document_id), document.version, []),
        ],
        context,
    )


def _require_values(command: RequestGeneration, policy: Policy) -> None:
    """Raise NoSuchTemplate and TemplateRefused now, to whoever asks, and not when it is written."""
    purpose = TemplatePurpose(command.kind)
    for one in live_versions(policy.templates, command.template or DEFAULT_NAMES[purpose], purpose):
        accepted_values(one.content, unpacked_values(command.values))
