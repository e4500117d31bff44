"""Compares what the platform says of a history, now and in its past, with what the oracle knows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from api.provenance import Provenance, _worked_out
from commands.body_states import BodyState
from domain.provenance.attribution import Attribution, Origin
from domain.provenance.id_map import IdMap
from domain.provenance.reading import by_origin
from domain.yjs.known import KnownIds
from domain.yjs.update import read_update
from tests.provenance.oracle.book import Credited
from tests.provenance.oracle.history import BODIES, History
from tests.provenance.oracle.log import Log, Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the last body of a history holds; `uncertain` characters may be either of several writers'."""

    characters: int
    uncertain: int
    relayed: int
    spared: int
    moved: int
    taken_back: Counter[str]
    origins: Counter[Origin]


def check(seed: int, turns: int, id_map: IdMap | None = None) -> Checked:
    """Play a history and compare; raise AssertionError where the platform is wrong."""
    history = History(seed, id_map or IdMap())
    history.play(turns)
    random = Random(seed)
    moments = history.log.moments
    for moment in [*random.sample(moments, min(2, len(moments))), *moments[-1:]]:
        _compare(history, moment)
    _another_node(history, random)
    ids = [id_ for _, id_ in (moments[-1].shown if moments else ()) if id_]
    book = history.book
    return Checked(
        characters=len(ids),
        uncertain=sum(not book.is_certain(id_) for id_ in ids),
        relayed=sum(book.credits[id_].relayed for id_ in ids),
        spared=len(book.spared),
        moved=sum(id_ in book.first for id_ in ids),
        taken_back=history.taken_back,
        origins=Counter(book.credits[id_].origin for id_ in ids),
    )


def _compare(history: History, moment: Moment) -> None:
    updates = [update for _, edit in history.log.edits[: moment.edits] for update in edit.updates]
    state = BODIES.merge(updates)
    found = _provenance(history.log, BodyState(state=state, version=moment.edits, position=moment.position))
    told: dict[tuple[int, int], Credited] = {}
    for span in found.spans:
        for offset in range(span.start, span.end):
            assert (span.block, offset) not in told, "told twice"
            told[span.block, offset] = _credited(span.credit.attribution)
    places = {
        (block, offset): id_
        for block, line in enumerate(moment.blocks)
        for offset, (_, id_) in enumerate(line)
        if id_ is not None
    }
    assert told.keys() == places.keys(), "not each character once"
    for place, id_ in places.items():
        assert history.book.allows(id_, told[place]), (place, id_, told[place], history.book.credits[id_])
        assert history.book.is_true(id_), (place, id_, history.book.credits[id_])
    assert sum(by_origin(found.authors).values()) == found.characters == len(places)


def _another_node(history: History, random: Random) -> None:
    """What another process received in another order says the same; no update comes before what it builds on."""
    if history.log.moments:
        last = history.log.moments[-1]
        updates = _in_another_order(history.log.updates, random)
        here, there = (
            _provenance(history.log, BodyState(state=state, version=last.edits, position=last.position))
            for state in (last.state, BODIES.merge(updates))
        )
        assert there.spans == here.spans


def _in_another_order(updates: Sequence[bytes], random: Random) -> Sequence[bytes]:
    waiting = [(update, read_update(update)) for update in updates]
    random.shuffle(waiting)
    known = KnownIds()
    ordered: list[bytes] = []
    while waiting:
        index = next(i for i, (_, read) in enumerate(waiting) if not known.lacks(read))
        update, read = waiting.pop(index)
        ordered.append(update)
        known.add(read)
    return ordered


def told_of(log: Log) -> list[tuple[str, Credited]]:
    """Return each span that the platform tells of the body as it is now, with its text."""
    last = log.moments[-1]
    found = _provenance(log, BodyState(state=last.state, version=last.edits, position=last.position))
    lines = ["".join(character for character, _ in block) for block in last.blocks]
    return [(lines[s.block][s.start : s.end], _credited(s.credit.attribution)) for s in found.spans]


def _provenance(log: Log, body: BodyState) -> Provenance:
    return _worked_out(BODIES, log.kind, body, log.id_map, is_fresh=True)


def _credited(attribution: Attribution) -> Credited:
    return Credited(
        attribution.origin,
        attribution.author,
        attribution.relayed,
        attribution.generation_id,
        attribution.accepted_by,
    )
