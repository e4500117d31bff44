"""Take a term out of the glossary."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.knowledge.terms import append_to_term
from domain.glossary.decisions import retire
from domain.ids import TermId


@dataclass(frozen=True, slots=True, kw_only=True)
class RetireTerm:
    term_id: TermId
    expected_version: int | None = None


async def handle(command: RetireTerm, context: CommandContext, ports: Ports) -> Receipt:
    return await append_to_term(
        ports,
        command.term_id,
        lambda past: retire(past, term_id=command.term_id),
        context,
        seen_version=command.expected_version,
    )
