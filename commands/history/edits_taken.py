"""The edits that are to be taken back: the body before and after each run of them, and what they brought."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from commands.bodies import Bodies
from commands.document.edits import new_client_id
from domain.actor import Actor
from domain.document.body import BodyKind
from domain.document.events import EditsRecorded
from domain.document.transport import Transport
from domain.history.copies import Copies, Copy
from domain.history.inverting import Run, inverted
from domain.history.steps import Edit
from domain.history.tree import Id, ids_of
from domain.provenance.attribution import Attribution
from domain.provenance.id_map import IdMap
from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.ids import NO_IDS, IdRanges
from domain.yjs.update import read_update

STATES_BYTES_MAX: Final = 16 * 1024 * 1024
"""Of bodies before and after, held at once; each is laid out, which takes seconds for the largest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """The body before and after a run of edits, the ids that it brought, and the version of its first edit."""

    before: bytes
    after: bytes
    brought: IdRanges
    first_version: int


def taken_runs(edits: Sequence[Edit], taken: Collection[int]) -> list[Sequence[Edit]]:
    """Return what is taken without a pause: edits that no edit which stays stands between."""
    groups = groupby(edits, key=lambda edit: edit[0].stream_version in taken)
    return [list(group) for is_taken, group in groups if is_taken]


def is_laid_out(run: Sequence[Edit], copies: Copies) -> bool:
    """Tell a run whose body before and after it must be compared from one that only added text of its own."""
    return any(changes(edit) for _, edit in run) or any(
        copies.roots(inserted) != inserted for inserted in (IdRanges.from_tuples(edit.inserted) for _, edit in run)
    )


def changes(edit: EditsRecorded) -> bool:
    """Tell an edit that did something to what was there from one that only added text."""
    if edit.deleted:
        return True
    text = NO_IDS
    for update in edit.updates:
        text = text.union(read_update(update, OWN_STATE_LIMITS).text)
    return text != IdRanges.from_tuples(edit.inserted)


def versions_of(runs: Iterable[Sequence[Edit]]) -> frozenset[int]:
    return frozenset(recorded.stream_version for run in runs for recorded, _ in run)


def states_around(
    bodies: Bodies, state: bytes, edits: Sequence[Edit], taken: Collection[int]
) -> tuple[list[States], bool]:
    """
    Return the states around each run of taken versions, the last one first; `state` is that before the edits.

    Of more than are held at once, only the last ones, one at least; and whether these are all.
    """
    found: deque[States] = deque()
    size, last, has_all = 0, max(taken, default=0), True
    until_last = (edit for edit in edits if edit[0].stream_version <= last)
    for is_taken, run in groupby(until_last, key=lambda edit: edit[0].stream_version in taken):
        group = list(run)
        after = bodies.merge([state, *(update for _, edit in group for update in edit.updates)])
        if is_taken:
            brought, first_version = held(after).minus(held(state)), group[0][0].stream_version
            found.appendleft(States(before=state, after=after, brought=brought, first_version=first_version))
            size += len(state) + len(after)
            while size > STATES_BYTES_MAX and len(found) > 1:
                gone = found.pop()
                size -= len(gone.before) + len(gone.after)
                has_all = False
        state = after
    return list(found), has_all


def added_ids(edits: Sequence[Edit], taken: Collection[int], known: IdRanges) -> IdRanges:
    """Return what these edits brought first: an edit that stays may have brought it before, as what is known was."""
    wanted = NO_IDS
    for recorded, edit in edits:
        if recorded.stream_version in taken:
            wanted = wanted.union(IdRanges.from_tuples(edit.inserted))
    wanted = wanted.minus(known)
    found, others = NO_IDS, NO_IDS
    for recorded, edit in edits:
        ids = wanted.intersection(IdRanges.from_tuples(edit.inserted))
        if recorded.stream_version in taken:
            found = found.union(ids.minus(others))
        elif not ids.is_empty:
            others = others.union(ids.minus(found))
    return found


def without(
    bodies: Bodies, kind: BodyKind, now: bytes, *, around: Sequence[States], gone: IdRanges, copies: Copies
) -> tuple[bytes, tuple[Copy, ...]]:
    """Return the update after which the ids that are gone and what changed in the runs are as before; its copies."""
    root = copies.root
    target = inverted(
        bodies.identified(kind, now),
        _runs(bodies, kind, around),
        lambda client, clock: gone.contains_id(*root(client, clock)),
        root,
    )
    return bodies.rewrite(kind, now, target, new_client_id(), root)


def _runs(bodies: Bodies, kind: BodyKind, around: Sequence[States]) -> Iterator[Run]:
    """Yield the trees of the states, one run at a time: together they may be more than memory holds."""
    for states in around:
        yield Run(bodies.identified(kind, states.before), bodies.identified(kind, states.after))


def as_typed(edits: Sequence[Edit], taken: Collection[int]) -> Sequence[Edit]:
    """
    Return the edits as if those that may be taken back had moved nothing.

    Whoever takes a move back deletes what it put in, and brings what it took out back to where that stood.
    """
    return [
        (recorded, replace(edit, copies=()) if edit.copies and recorded.stream_version in taken else edit)
        for recorded, edit in edits
    ]


def moved_ids(edits: Sequence[Edit], taken: Collection[int]) -> IdRanges:
    """Return what these edits put in that they had taken out elsewhere: it goes with them, whoever wrote it."""
    copies = (copy for recorded, edit in edits if recorded.stream_version in taken for copy in edit.copies)
    return IdRanges.from_tuples((client, ((start, end),)) for client, start, end, *_ in copies)


def moved_in(edits: Sequence[Edit]) -> Sequence[Copy]:
    """Return what these edits moved: only ids that they brought first, as the id map believes them."""
    found: list[Copy] = []
    if not any(edit.copies for _, edit in edits):
        return found
    seen = NO_IDS
    for _, edit in edits:
        for copy in (Copy(*parts) for parts in edit.copies):
            ids = IdRanges({copy.client: [(copy.start, copy.end)]})
            if seen.intersection(ids).is_empty:
                found.append(copy)
                of = (copy.of_start, copy.of_start + copy.end - copy.start)
                seen = seen.union(ids).union(IdRanges({copy.of_client: [of]}))
        seen = seen.union(IdRanges.from_tuples(edit.inserted))
    return found


def credited_ids(edits: Sequence[Edit], known: IdMap, is_credited: Callable[[Attribution], bool]) -> IdRanges:
    """Return all ids of these edits' clients that are credited so, whoever passed them on; `known` takes the edits."""
    for recorded, edit in edits:
        known.record(edit, actor=recorded.actor, at=recorded.recorded_at, position=recorded.position)
    return IdRanges.from_tuples(
        (stretch.client, ((stretch.start, stretch.end),))
        for stretch in known.stretches()
        if is_credited(stretch.attribution)
    )


def own_ids(edits: Sequence[Edit], known: IdMap, taken: Collection[int], authors: Collection[Actor]) -> IdRanges:
    """Return what these edits brought of their sender's own: a session may pass on what somebody else wrote."""
    typed = credited_ids(edits, known, lambda attribution: attribution.author in authors)
    found = NO_IDS
    for recorded, edit in edits:
        if recorded.stream_version in taken:
            inserted = IdRanges.from_tuples(edit.inserted)
            found = found.union(inserted.intersection(typed) if edit.transport == Transport.LIVE else inserted)
    return found.union(moved_ids(edits, taken))


def taken_roots(bodies: Bodies, kind: BodyKind, states: States, own: IdRanges, copies: Copies) -> IdRanges:
    """Return what the own ids that a run brought stand for, without what only took the place of what was there."""
    ids = states.brought.intersection(own)
    roots = copies.roots(ids)
    if roots == ids:
        return ids
    return roots.minus(_as_ranges(ids_of(bodies.identified(kind, states.before), copies.root)))


def _as_ranges(ids: Iterator[Id]) -> IdRanges:
    return IdRanges.from_tuples((client, ((clock, clock + 1),)) for client, clock in ids if client >= 0)


def held(state: bytes) -> IdRanges:
    """Return every id of a state."""
    return read_update(state, OWN_STATE_LIMITS).inserted if state else NO_IDS
