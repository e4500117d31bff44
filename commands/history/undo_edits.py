"""Undo and redo one's own edits of a document, whichever session or device they came from."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from commands.bodies import Bodies
from commands.document.content import load_content
from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.history.edits_taken import (
    added_ids,
    as_typed,
    held,
    is_laid_out,
    moved_in,
    own_ids,
    states_around,
    taken_roots,
    taken_runs,
    versions_of,
    without,
)
from commands.history.nothing_left import asked_by
from commands.history.reversing import (
    PastReversals,
    append_reversal,
    load_reversals,
    new_edit_id,
)
from commands.history.whose import Whose
from commands.history.working_out import worked_out
from commands.id_maps import known_before
from domain.actor import Actor
from domain.document.body import BodyKind
from domain.document.events import EditsRecorded
from domain.history.copies import Copies, Copy
from domain.history.decisions import NothingToRedo, NothingToUndo
from domain.history.events import EditsReversed, Reversal
from domain.history.steps import Edit, Steps, steps
from domain.ids import DocumentId, edits_stream
from domain.provenance.id_map import IdMap

LOOKED_BACK_EDITS: Final = 500
LOOKED_FURTHER_BACK_EDITS: Final = 4_000
"""At a time."""
LOOKED_BACK_EDITS_MAX: Final = 32_000
"""Of everybody: what one did before that many edits is not undone one by one any more, it can be reverted."""
UNDONE_RUNS_MAX: Final = 8
"""
Runs of edits in a step, others' between them, that deleted or changed something: the body around each is laid out.

Of a longer step the last part is taken back first, as if it were a step of its own. So it is when the bodies around
these runs are more than is held at once.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoEdits:
    """`expected_version` is that of the content: the position of its last edit."""

    document_id: DocumentId
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedoEdits:
    """`expected_version` is that of the content: the position of its last edit."""

    document_id: DocumentId
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class OwnEdits:
    """What the caller did lately: all edits since some version, who the caller is, the steps; who wrote before."""

    edits: Sequence[Edit]
    actors: frozenset[Actor]
    steps: Steps
    known: IdMap = field(default_factory=IdMap)


async def undo(command: UndoEdits, context: CommandContext, ports: Ports) -> Receipt:
    """Raises NothingToUndo. The content that others wrote since then stays."""
    return await _reverse(command, Reversal.UNDO, context, ports)


async def redo(command: RedoEdits, context: CommandContext, ports: Ports) -> Receipt:
    """Raises NothingToRedo: also after one's next edit."""
    return await _reverse(command, Reversal.REDO, context, ports)


async def _reverse(
    command: UndoEdits | RedoEdits, reversal: Reversal, context: CommandContext, ports: Ports
) -> Receipt:
    document_id = command.document_id
    content = await load_content(ports, document_id, context, command.expected_version)
    past = await load_reversals(ports.log, document_id, context.tenant)
    own = await _looked_back(ports, context, document_id, past, reversal)
    step = await worked_out(last_part, own.edits, _step(own.steps, reversal), past.copies)
    update = b""
    copies: tuple[Copy, ...] = ()
    if step:
        known = await known_before(ports.id_maps, document_id, own.edits, context.tenant)
        taken = StepTaken(replace(own, known=known), frozenset(step), past.copies)
        until = taken.edits[0][0].position - 1
        before = await ports.body_states.load(document_id, context.tenant, until_position=until)
        kind, now = content.document.state.body, content.body.state
        update, copies, step = await worked_out(taken.back, ports.bodies, kind, before.state, now)
    reversed_ = EditsReversed(
        document_id=document_id, reversal=reversal, edit_id=new_edit_id(context), copies=copies, inverted=step
    )
    return await append_reversal(ports, context, content, past, reversed_, update)


async def _looked_back(
    ports: Ports, context: CommandContext, document_id: DocumentId, past: PastReversals, wanted: Reversal
) -> OwnEdits:
    """Read back until there is something of the caller's to undo or redo."""
    stream_id = edits_stream(document_id)
    version = (await ports.log.versions_of([stream_id], context.tenant)).get(stream_id, 0)
    whose = Whose(ports.log, context.tenant)
    reversals = [one for one in past.all if await whose.is_same(one[0].actor)]
    asked = asked_by(context.tenant, document_id, wanted, past.version)
    floor = max(version - LOOKED_BACK_EDITS_MAX, ports.nothing_left.until(asked))
    start, edits = version, list[Edit]()
    while True:
        until = edits[0][0].position - 1 if edits else None
        start = max(floor, start - (LOOKED_FURTHER_BACK_EDITS if edits else LOOKED_BACK_EDITS))
        recorded = await ports.log.load(stream_id, context.tenant, after_version=start, until_position=until)
        more: list[Edit] = [(r, r.event) for r in recorded if isinstance(r.event, EditsRecorded)]  # type: ignore[misc]
        edits = [*more, *edits]
        actors = frozenset([actor for actor in {r.actor for r, _ in edits} if await whose.is_same(actor)])
        own = [edit for edit in edits if edit[0].actor in actors]
        first = edits[0][0].position if start and edits else 0
        own_reversals = [one for one in reversals if one[0].position > first]
        found = OwnEdits(edits, actors, await worked_out(steps, own, own_reversals))
        if found.steps.undo if wanted is Reversal.UNDO else found.steps.redo or found.steps.has_new:
            return found
        if start == floor:
            ports.nothing_left.remember(asked, version)
            return found


def _step(found: Steps, reversal: Reversal) -> tuple[int, ...]:
    if reversal is Reversal.UNDO:
        if not found.undo:
            raise NothingToUndo
        return found.undo[-1]
    if not found.redo:
        raise NothingToRedo
    return found.redo[-1]


def last_part(edits: Sequence[Edit], step: tuple[int, ...], copies: Copies) -> tuple[int, ...]:
    """Return the step, or its last part if bodies would have to be laid out around too many runs of it."""
    between = [edit for edit in edits if step and step[0] <= edit[0].stream_version <= step[-1]]
    part: list[Sequence[Edit]] = []
    laid_out = 0
    for run in reversed(taken_runs(between, frozenset(step))):
        laid_out += is_laid_out(run, copies)
        if laid_out > UNDONE_RUNS_MAX:
            break
        part.append(run)
    return tuple(sorted(versions_of(part)))


class TakenBack(NamedTuple):
    """An update, what it copies, and the versions that it takes back."""

    update: bytes
    copies: tuple[Copy, ...]
    versions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StepTaken:
    own: OwnEdits
    versions: frozenset[int]
    copies: Copies

    @property
    def edits(self) -> Sequence[Edit]:
        """Everybody's, from the first to the last of the step."""
        first, last = min(self.versions), max(self.versions)
        return [edit for edit in self.own.edits if first <= edit[0].stream_version <= last]

    def back(self, bodies: Bodies, kind: BodyKind, before: bytes, now: bytes) -> TakenBack:
        """Return the update that takes the step back, or as much of its end as bodies can be held for."""
        # All of one's own: what is redone may be a move that was undone before.
        own_versions = {recorded.stream_version for recorded, _ in self.own.edits if recorded.actor in self.own.actors}
        known_copies = self.copies.also(moved_in(as_typed(self.own.edits, own_versions)))
        laid_out = versions_of(run for run in taken_runs(self.edits, self.versions) if is_laid_out(run, known_copies))
        around, has_all = states_around(bodies, before, self.edits, laid_out)
        first = min(self.versions) if has_all else around[-1].first_version
        versions = frozenset(version for version in self.versions if version >= first)
        own = own_ids(self.own.edits, self.own.known, versions, self.own.actors)
        gone = own.intersection(added_ids(self.edits, versions - laid_out, held(before)))
        for states in around:
            gone = gone.union(taken_roots(bodies, kind, states, own, known_copies))
        update, copies = without(bodies, kind, now, around=around, gone=gone, copies=known_copies)
        return TakenBack(update, copies, tuple(sorted(versions)))
