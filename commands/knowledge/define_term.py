"""Take a term into the glossary."""

from dataclasses import dataclass, field

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.glossary.decisions import define
from domain.ids import StreamId, TermId


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineTerm:
    """The id is made by the edge anew for every request, so it does not make a repeated request another one."""

    term_id: TermId = field(compare=False)
    term: str
    definition: str
    aliases: tuple[str, ...] = ()


async def handle(command: DefineTerm, context: CommandContext, ports: Ports) -> Receipt:
    events = define(term_id=command.term_id, term=command.term, definition=command.definition, aliases=command.aliases)
    return await ports.log.append([StreamWrite(StreamId(command.term_id), 0, events)], context)
