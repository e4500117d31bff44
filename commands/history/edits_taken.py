"""The edits that are to be taken back: the body before and after each run of them, and what they brought."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from commands.bodies import Bodies
from domain.actor import Actor
from domain.document.body import BodyKind
from domain.document.transport import Transport
from domain.history.copies import Copies
from domain.history.inverting import Run
from domain.history.steps import Edit
from domain.history.tree import Id, ids_of
from domain.provenance.id_map import IdMap
from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.ids import NO_IDS, IdRanges
from domain.yjs.update import read_update


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """The body before and after a run of edits, and the ids that it brought."""

    before: bytes
    after: bytes
    brought: IdRanges


def states_around(bodies: Bodies, state: bytes, edits: Sequence[Edit], taken: Collection[int]) -> list[States]:
    """Return the states around each run of taken versions, the last one first; `state` is that before the edits."""
    found: list[States] = []
    for is_taken, group in groupby(edits, key=lambda edit: edit[0].stream_version in taken):
        updates = [update for _, edit in group for update in edit.updates]
        after = bodies.merge([state, *updates])
        if is_taken:
            found.append(States(before=state, after=after, brought=held(after).minus(held(state))))
        state = after
    return found[::-1]


def runs(bodies: Bodies, kind: BodyKind, around: Sequence[States]) -> Iterator[Run]:
    """Yield the trees of the states, one run at a time: together they may be more than memory holds."""
    for states in around:
        yield Run(bodies.identified(kind, states.before), bodies.identified(kind, states.after))


def own_ids(edits: Sequence[Edit], taken: Collection[int], authors: Collection[Actor]) -> IdRanges:
    """Return what these edits brought of their sender's own: a session may pass on what somebody else wrote."""
    id_map = IdMap()
    for recorded, edit in edits:
        id_map.record(edit, actor=recorded.actor, at=recorded.recorded_at, position=recorded.position)
    typed = IdRanges.from_tuples(
        (stretch.client, ((stretch.start, stretch.end),))
        for stretch in id_map.stretches()
        if stretch.attribution.author in authors
    )
    found = NO_IDS
    for recorded, edit in edits:
        if recorded.stream_version in taken:
            inserted = IdRanges.from_tuples(edit.inserted)
            found = found.union(inserted.intersection(typed) if edit.transport == Transport.LIVE else inserted)
    return found


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
