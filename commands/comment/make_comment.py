"""Say something about a document, about a range of its text or about a suggestion for it."""

import asyncio
import base64
from dataclasses import dataclass, field

from commands.comment.anchoring import anchor_at, place_between
from commands.comment.places import Place
from commands.comment.threads import append_comments, load_discussed
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.suggestion.suggestion_stream import load_suggestion
from domain.comment.decisions import comment
from domain.comment.events import Anchor
from domain.comment.words import CommentRefused
from domain.document.body import BodyKind
from domain.ids import CommentId, DocumentId, SuggestionId
from domain.suggestion.decisions import NoSuchSuggestion, known
from domain.yjs.positions import RelativePosition, read_position
from tenancy.context import TenantContext

ROOTS = {BodyKind.RICH: "default", BodyKind.PLAIN: "content"}
"""What Yjs clients call the type that holds a body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """Two Yjs relative positions in base64, and the words between them in case they are not known here."""

    rel_from: str
    rel_to: str
    quote: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeComment:
    comment_id: CommentId = field(compare=False)
    document_id: DocumentId
    body: str
    about: Place | Between | None = None
    suggestion_id: SuggestionId | None = None


async def handle(command: MakeComment, context: CommandContext, ports: Ports) -> Receipt:
    """Raises CommentRefused, AnchorGone, MentionRefused, NoSuchSuggestion, DocumentIsArchived."""
    discussed = await load_discussed(ports, command.document_id, context)
    if command.suggestion_id is not None:
        await _require_suggestion(ports, command.suggestion_id, command.document_id, context.tenant)
    anchor = None
    if command.about is not None:
        body = await ports.body_states.load(command.document_id, context.tenant)
        anchor = await asyncio.to_thread(_anchor, ports, discussed.document.state.body, body.state, command.about)
    events = comment(
        discussed.threads,
        document_id=command.document_id,
        comment_id=command.comment_id,
        body=command.body,
        anchor=anchor,
        suggestion_id=command.suggestion_id,
        by=context.tenant.member_id,
    )
    return await append_comments(ports, discussed, events, context)


def _anchor(ports: Ports, kind: BodyKind, state: bytes, about: Place | Between) -> Anchor:
    blocks = ports.bodies.laid_out(kind, state)
    if isinstance(about, Between):
        start, end = _position(about.rel_from), _position(about.rel_to)
        about = place_between(blocks, start, end, root=ROOTS[kind], quote=about.quote)
    return anchor_at(blocks, about)


def _position(encoded: str) -> RelativePosition:
    try:
        return read_position(base64.b64decode(encoded, validate=True))
    except ValueError:
        raise CommentRefused("This is not a relative position as Yjs encodes it, in base64.") from None


async def _require_suggestion(
    ports: Ports, suggestion_id: SuggestionId, document_id: DocumentId, tenant: TenantContext
) -> None:
    suggestion = await load_suggestion(ports.log, suggestion_id, tenant)
    if known(suggestion.state).document_id != document_id:
        raise NoSuchSuggestion
