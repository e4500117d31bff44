"""A conversation's messages on the wire."""

from datetime import datetime
from uuid import UUID

from api.platform import Platform
from api.rest.models import Wire
from assistants.messages import Message, Role, Shown
from commands.conversation.conversation_stream import LoadedConversation, load_conversation
from domain.conversation.decisions import require_own
from domain.ids import ConversationId
from tenancy.context import TenantContext


class SourceModel(Wire):
    """
    A passage that an answer cites, `number` as in [S1]; null where its document is not shared with the reader any more.

    `position` is the revision; `start` and `end` are code points of what `content?format=text&at=<position>` gives.
    """

    number: int
    withheld: bool
    document_id: UUID | None = None
    title: str | None = None
    heading: str | None = None
    position: int | None = None
    block_from: int | None = None
    block_to: int | None = None
    start: int | None = None
    end: int | None = None
    text: str | None = None
    sha256: str | None = None


class CallModel(Wire):
    """What made an answer, and what it cost."""

    model: str
    cost_micros: int
    currency: str
    finish_reason: str | None


class MessageModel(Wire):
    """
    A question or an answer; `version` is its place in the conversation.

    `uncited` are code points of sentences that name no source. `problem` is the code of the reason why there is no
    answer. `stopped` tells that the asker ended it there, `withheld` that sentences are left out because a document was
    withdrawn from the reader.
    """

    id: UUID
    turn_id: UUID
    version: int
    role: Role
    text: str
    at: datetime
    undone: bool
    sources: list[SourceModel]
    uncited: list[tuple[int, int]]
    notice: str
    problem: str | None
    stopped: bool
    generation: CallModel | None
    withheld: bool


def message_model(message: Message) -> MessageModel:
    call = None
    if message.model is not None:
        call = CallModel(
            model=message.model,
            cost_micros=message.cost_micros,
            currency=message.currency,
            finish_reason=message.finish_reason,
        )
    return MessageModel(
        id=message.id,
        turn_id=message.turn_id,
        version=message.version,
        role=message.role,
        text=message.text,
        at=message.at,
        undone=message.undone,
        sources=[source_model(shown) for shown in message.sources],
        uncited=list(message.uncited),
        notice=message.notice,
        problem=message.problem,
        stopped=message.stopped,
        generation=call,
        withheld=message.withheld,
    )


def source_model(shown: Shown) -> SourceModel:
    citation = shown.citation
    if citation is None:
        return SourceModel(number=shown.number, withheld=True)
    return SourceModel(
        number=shown.number,
        withheld=False,
        document_id=citation.document_id,
        title=citation.title,
        heading=citation.heading,
        position=citation.position,
        block_from=citation.block_from,
        block_to=citation.block_to,
        start=citation.start,
        end=citation.end,
        text=citation.quote,
        sha256=citation.sha256,
    )


async def own_conversation(
    platform: Platform, conversation_id: ConversationId, tenant: TenantContext
) -> LoadedConversation:
    """Return the conversation of whoever asks; raise NoSuchConversation for everybody else's."""
    loaded = await load_conversation(platform.log, conversation_id, tenant)
    require_own(loaded.state, tenant.member_id)
    return loaded
