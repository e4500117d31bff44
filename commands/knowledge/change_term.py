"""Say differently what a term is called or means."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.knowledge.terms import append_to_term
from domain.glossary.decisions import change
from domain.ids import TermId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTerm:
    term_id: TermId
    term: str
    definition: str
    aliases: tuple[str, ...] = ()
    expected_version: int | None = None


async def handle(command: ChangeTerm, context: CommandContext, ports: Ports) -> Receipt:
    return await append_to_term(
        ports,
        command.term_id,
        lambda past: change(
            past,
            term_id=command.term_id,
            term=command.term,
            definition=command.definition,
            aliases=command.aliases,
        ),
        context,
        seen_version=command.expected_version,
    )
