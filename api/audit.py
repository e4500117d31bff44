"""Audit entries as every surface shows them: named, classed, without what is hidden from whoever asks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from api.actors import NamedActor, named
from api.platform import Platform
from domain.errors import Invalid
from domain.evidence import entries
from domain.evidence.entries import ActionClass, AuditFilter, Outcome, Subject
from domain.evidence.events import AccessKind, ObjectKind
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections import audit_entries
from tenancy.context import TenantContext

FILTER_CHARACTERS_MAX = 200
_ACTOR = re.compile(r"[a-z]+(:[0-9a-f-]{36})?|[0-9a-f-]{36}")


class PeriodRefused(Invalid):
    """A period begins before it ends."""

    code: ClassVar = "audit.period_refused"

    def __init__(self) -> None:
        super().__init__("The period ends before it begins.")


class ActorFilterRefused(Invalid):
    """An actor is `member:<id>`, `key:<id>`, `system`, `operator`, or the id alone."""

    code: ClassVar = "audit.actor_refused"

    def __init__(self) -> None:
        super().__init__("An actor is `member:<id>`, `key:<id>`, `system`, `operator`, or the id alone.")


class TextFilterRefused(Invalid):
    """A condition of the audit log is a short piece of text."""

    code: ClassVar = "audit.text_refused"

    def __init__(self) -> None:
        super().__init__(f"A condition has at most {FILTER_CHARACTERS_MAX} characters.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One event for an auditor: who, what, when and to what; `facts` hold no text that somebody wrote."""

    position: int
    at: datetime
    actor: NamedActor
    action: str
    category: ActionClass
    subject: Subject | None
    outcome: Outcome
    facts: dict[str, Any]
    event_id: UUID
    leaf_hash: bytes


def accepted_actor(actor: str) -> str:
    """Return the reference; raise ActorFilterRefused for anything that cannot be one."""
    if actor and not _ACTOR.fullmatch(actor):
        raise ActorFilterRefused
    return actor


def accepted_text(text: str) -> str:
    """Return the condition; raise TextFilterRefused for one that is long or holds what no name does."""
    if len(text) > FILTER_CHARACTERS_MAX or "\0" in text:
        raise TextFilterRefused
    return text


def require_period(start: datetime | None, end: datetime | None) -> None:
    """Raise PeriodRefused for an end before the start."""
    if start is not None and end is not None and start > end:
        raise PeriodRefused


async def audit_page(
    platform: Platform,
    context: TenantContext,
    wanted: AuditFilter,
    *,
    first: int,
    beyond: int | None = None,
    oldest_first: bool = False,
) -> list[AuditEntry]:
    """Return up to `first` entries beyond a position. Raises PeriodRefused."""
    require_period(wanted.start, wanted.end)
    platform.accesses.note(context, AccessKind.AUDIT, ObjectKind.TENANT, context.tenant_id)
    async with platform.reads.as_app(context) as connection:
        found = await audit_entries.page(
            connection, context.tenant_id, wanted, first=first, beyond=beyond, oldest_first=oldest_first
        )
        actors = await named(connection, context.tenant_id, [envelope.actor_ref for envelope in found])
    recorded = await platform.log.at([envelope.position for envelope in found], context)
    leaves = {envelope.position: (envelope.leaf_hash, actors[envelope.actor_ref]) for envelope in found}
    hidden = frozenset(map(str, await platform.document_rights.hidden(context)))
    shown = [_entry(one, *leaves[one.position], hidden) for one in recorded]
    return _in_order(shown, oldest_first=oldest_first)


def _entry(recorded: Recorded[Sealed], leaf_hash: bytes, actor: NamedActor, hidden: frozenset[str]) -> AuditEntry:
    subject, facts = entries.subject_of(recorded), entries.facts_of(recorded.event)
    if hidden and not hidden.isdisjoint([str(subject and subject.id), *map(str, facts.values())]):
        subject, facts = None, {}
    return AuditEntry(
        position=recorded.position,
        at=recorded.recorded_at,
        actor=actor,
        action=recorded.name,
        category=entries.class_of(recorded.name),
        subject=subject,
        outcome=entries.outcome_of(recorded.name),
        facts=facts,
        event_id=recorded.event_id,
        leaf_hash=leaf_hash,
    )


def _in_order(shown: Sequence[AuditEntry], *, oldest_first: bool) -> list[AuditEntry]:
    return sorted(shown, key=lambda entry: entry.position, reverse=not oldest_first)
