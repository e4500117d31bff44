"""Take back what one member wrote and deleted, or what one generation did; what others did stays."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from commands.bodies import Bodies
from commands.body_states import NOTHING, BodyState
from commands.document.content import load_content
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.history.edits_taken import (
    STATES_BYTES_MAX,
    as_typed,
    changes,
    credited_ids,
    held,
    moved_ids,
    moved_in,
    states_around,
    taken_runs,
    without,
)
from commands.history.reversing import (
    PastReversals,
    append_nothing,
    append_reversal,
    load_reversals,
    new_edit_id,
)
from commands.history.whose import Whose
from commands.history.working_out import worked_out
from commands.id_maps import known_before
from domain.actor import Actor
from domain.directory.decisions import NoSuchMember
from domain.document.body import BodyKind
from domain.document.events import EditsRecorded
from domain.errors import Invalid
from domain.generation.decisions import NoSuchGeneration
from domain.history.copies import Copy
from domain.history.decisions import HistoryLimit, PositionRefused, TooMuchHistory
from domain.history.events import EditsReversed, Reversal
from domain.history.steps import Edit
from domain.ids import DocumentId, GenerationId, MemberId, StreamId, edits_stream
from domain.provenance.attribution import Attribution, attribution_of
from domain.provenance.id_map import IdMap

REVERTED_EDITS_MAX: Final = 20_000
"""Of everybody, from the beginning or from the position on."""
REVERTED_RUNS_MAX: Final = 200
"""Stretches of edits that deleted or changed something: the text before and after each is laid out and compared."""
REVERTED_RUNS_BYTES_MAX: Final = 4 * 1024 * 1024
"""Of the body as it is now, once for each run: a MiB takes some seconds."""


class ContributionRefused(Invalid):
    """A contribution is that of one member or that of one generation."""

    code: ClassVar = "history.contribution_refused"

    def __init__(self) -> None:
        super().__init__("Name either a member or a generation.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RevertContribution:
    """
    Of the member, or of the generation; only what came after `from_position`, if one is given.

    `expected_version` is that of the content: the position of its last edit.
    """

    document_id: DocumentId
    member_id: MemberId | None = None
    generation_id: GenerationId | None = None
    from_position: int | None = None
    expected_version: int | None = None


async def handle(command: RevertContribution, context: CommandContext, ports: Ports) -> Receipt:
    if (command.member_id is None) == (command.generation_id is None):
        raise ContributionRefused
    if command.from_position is not None and command.from_position > await ports.log.head(context.tenant):
        raise PositionRefused
    document_id = command.document_id
    content = await load_content(ports, document_id, context, command.expected_version)
    past = await load_reversals(ports.log, document_id, context.tenant)
    since = NOTHING
    if command.from_position is not None:
        since = await ports.body_states.load(document_id, context.tenant, until_position=command.from_position)
    edits = await _edits(ports, context, document_id, since.version)
    known = await known_before(ports.id_maps, document_id, edits, context.tenant)
    whose = Whose(ports.log, context.tenant)
    authors = {recorded.actor for recorded, _ in edits} | {s.attribution.author for s in known.stretches()}
    actors = frozenset([a for a in authors if command.member_id and await whose.member(a) == command.member_id])
    generations = {edit.generation_id for _, edit in edits} - {None}
    if not actors and command.generation_id not in generations:
        await _require_known(command, context, ports)
    contribution = Contribution(edits, past, since, actors, command.generation_id, known)
    kind, now = content.document.state.body, content.body.state
    update, copies = await worked_out(contribution.back, ports.bodies, kind, now)
    if not update:
        return await append_nothing(ports, context, content)
    reverted = EditsReversed(
        document_id=document_id,
        reversal=Reversal.REVERT,
        edit_id=new_edit_id(context),
        copies=copies,
        position=command.from_position,
        member_id=command.member_id,
        generation_id=command.generation_id,
    )
    return await append_reversal(ports, context, content, past, reverted, update)


async def _require_known(command: RevertContribution, context: CommandContext, ports: Ports) -> None:
    """Raise NoSuchMember, NoSuchGeneration; who was a member once is known."""
    author = StreamId(command.member_id or command.generation_id)  # type: ignore[arg-type]  # one of them is there
    first = (await ports.log.load(author, context.tenant))[:1]
    # By its name, since what was erased cannot be read.
    if [recorded.name.partition(".")[0] for recorded in first] != ["member" if command.member_id else "generation"]:
        raise NoSuchMember if command.member_id else NoSuchGeneration


async def _edits(ports: Ports, context: CommandContext, document_id: DocumentId, since: int) -> Sequence[Edit]:
    """Return all edits if there are few, else those since a version. Raises TooMuchHistory."""
    stream_id = edits_stream(document_id)
    version = (await ports.log.versions_of([stream_id], context.tenant)).get(stream_id, 0)
    start = 0 if version <= REVERTED_EDITS_MAX else since
    if version - start > REVERTED_EDITS_MAX:
        raise TooMuchHistory(HistoryLimit.EDITS, REVERTED_EDITS_MAX)
    recorded = await ports.log.load(stream_id, context.tenant, after_version=start)
    return [(r, r.event) for r in recorded if isinstance(r.event, EditsRecorded)]  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Contribution:
    edits: Sequence[Edit]
    past: PastReversals
    since: BodyState
    actors: Collection[Actor]
    generation_id: GenerationId | None
    known: IdMap = field(default_factory=IdMap)

    def back(self, bodies: Bodies, kind: BodyKind, now: bytes) -> tuple[bytes, tuple[Copy, ...]]:
        """Return the update that takes it back, and what it copies."""
        later = [edit for edit in self.edits if edit[0].stream_version > self.since.version]
        versions = {r.stream_version for r, edit in later if self._is_part(r.actor, edit) and changes(edit)}
        runs = len(taken_runs(later, versions))
        if runs > REVERTED_RUNS_MAX:
            raise TooMuchHistory(HistoryLimit.STRETCHES, REVERTED_RUNS_MAX)
        if runs > 1 and runs * len(now) > REVERTED_RUNS_BYTES_MAX:
            raise TooMuchHistory(HistoryLimit.BODIES_BYTES, REVERTED_RUNS_BYTES_MAX)
        around, has_all = states_around(bodies, self.since.state, later, versions)
        if not has_all:
            raise TooMuchHistory(HistoryLimit.BODIES_BYTES, STATES_BYTES_MAX)
        gone = credited_ids(self.edits, self.known, self._is_credited).minus(held(self.since.state))
        for states in around:
            gone = gone.union(states.brought.intersection(moved_ids(later, versions)))
        all_copies = self.past.copies.also(moved_in(as_typed(self.edits, versions)))
        return without(bodies, kind, now, around=around, gone=gone, copies=all_copies)

    def _is_part(self, actor: Actor, edit: EditsRecorded) -> bool:
        if self.generation_id is not None:
            return edit.generation_id == self.generation_id
        return self._is_credited(attribution_of(edit, actor))

    def _is_credited(self, attribution: Attribution) -> bool:
        if self.generation_id is not None:
            return attribution.generation_id == self.generation_id
        return attribution.generation_id is None and attribution.author in self.actors
