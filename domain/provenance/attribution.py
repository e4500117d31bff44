"""What is known of where text comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.actor import SYSTEM, Actor, ActorKind
from domain.document.events import EditsRecorded
from domain.document.transport import Transport
from domain.ids import GenerationId


class Origin(StrEnum):
    """Unknown is a value of its own; nothing that is not known to be human is called human."""

    HUMAN = "human"
    AI = "ai"
    IMPORTED = "imported"
    API_KEY = "api_key"
    SYSTEM = "system"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """`relayed`: it came through somebody else's session, under ids that are not that session's."""

    origin: Origin
    author: Actor
    generation_id: GenerationId | None = None
    accepted_by: Actor | None = None
    relayed: bool = False


NOBODY_KNOWS: Final = Attribution(origin=Origin.UNKNOWN, author=Actor(ActorKind.UNKNOWN))
RELAYED_FOR_NOBODY: Final = Attribution(origin=Origin.UNKNOWN, author=Actor(ActorKind.UNKNOWN), relayed=True)


def attribution_of(edits: EditsRecorded, actor: Actor) -> Attribution:
    """Return what the text that an edit itself brings is to be credited with."""
    accepted_by = actor if actor.kind in (ActorKind.MEMBER, ActorKind.KEY) else None
    if edits.generation_id is not None:
        return Attribution(origin=Origin.AI, author=SYSTEM, generation_id=edits.generation_id, accepted_by=accepted_by)
    match edits.transport:
        case (
            Transport.LIVE | Transport.COMMAND | Transport.RESTORE | Transport.UNDO | Transport.REDO | Transport.REVERT
        ):
            return Attribution(origin=written_by(actor), author=actor)
        case Transport.IMPORT:
            return Attribution(origin=Origin.IMPORTED, author=actor)
        case Transport.SUGGESTION if edits.author_ref is not None:
            author = Actor.parse(edits.author_ref)
            return Attribution(origin=written_by(author), author=author, accepted_by=accepted_by)
        case _:
            return NOBODY_KNOWS


_ORIGINS: Final[Mapping[ActorKind, Origin]] = {
    ActorKind.MEMBER: Origin.HUMAN,
    ActorKind.KEY: Origin.API_KEY,
    ActorKind.SYSTEM: Origin.SYSTEM,
}


def written_by(author: Actor) -> Origin:
    """A program may write anybody's words with its key: only a person's own session speaks for a person."""
    return _ORIGINS.get(author.kind, Origin.UNKNOWN)
