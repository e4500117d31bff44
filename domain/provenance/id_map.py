"""Whose each CRDT id of a document is, folded in the order of the log: who brings an id first has brought it."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from domain.actor import Actor
from domain.document.events import EditsRecorded
from domain.document.transport import Transport
from domain.history.events import CopyTuples, EditsReversed
from domain.provenance.attribution import NOBODY_KNOWS, RELAYED_FOR_NOBODY, Attribution, Origin, attribution_of
from domain.yjs.ids import IdRanges

STRETCH_PAUSE: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Ids of one client from `start` up to `end`, brought without a long pause; `position` is that of the first."""

    client: int
    start: int
    end: int
    attribution: Attribution
    at: datetime
    until: datetime
    position: int

    def continued_by(self, other: "Stretch") -> bool:
        """Copies keep the time of their originals: what stands behind may be older by months."""
        is_one_go = max(other.at - self.until, self.at - other.until) <= STRETCH_PAUSE
        return self.end == other.start and self.attribution == other.attribution and is_one_go


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """To whom a client id belongs: the session that used it first. The server's own are used up once recorded."""

    client: int
    session_id: str
    attribution: Attribution
    is_live: bool


class IdMap:
    """Of one document. `changed` and `claimed` are what `record` has added since it was made."""

    def __init__(self, stretches: Iterable[Stretch] = (), claims: Iterable[Claim] = ()) -> None:
        self._stretches: dict[int, list[Stretch]] = {}
        for stretch in sorted(stretches, key=lambda s: s.start):
            self._stretches.setdefault(stretch.client, []).append(stretch)
        self._claims = {claim.client: claim for claim in claims}
        self._sessions = {claim.session_id for claim in claims if claim.is_live}
        self.changed: dict[tuple[int, int], Stretch] = {}
        self.claimed: list[Claim] = []

    def record(self, edits: EditsRecorded, *, actor: Actor, at: datetime, position: int) -> None:
        """
        Credit the ids that nobody has brought before; what is sent again changes nothing.

        A tombstone costs nothing to send: if it counted, one could claim ids by the million before they are used.
        """
        written = IdRanges.from_tuples(edits.inserted).minus(IdRanges.from_tuples(edits.tombstones))
        new = written.minus(self._known(written.clients()))
        own = attribution_of(edits, actor)
        self._claim(new, edits, own)
        copies = [(client, ((start, end),)) for client, start, end, *_ in edits.copies]
        self._bring(new.minus(IdRanges.from_tuples(copies)), edits, own, at=at, position=position)
        if copies:
            self._copy(edits.copies, at=at, position=position)
            self._bring(new.minus(self._known(new.clients())), edits, own, at=at, position=position)

    def _bring(self, new: IdRanges, edits: EditsRecorded, own: Attribution, *, at: datetime, position: int) -> None:
        for client, spans in new.by_client():
            attribution = self._credited(client, edits, own)
            for start, end in spans:
                self._add(
                    Stretch(
                        client=client,
                        start=start,
                        end=end,
                        attribution=attribution,
                        at=at,
                        until=at,
                        position=position,
                    )
                )

    def copied(self, reversed_: EditsReversed, *, at: datetime, position: int) -> None:
        """Credit ids that stand for older ones as those are credited; whoever brought them back wrote nothing."""
        self._copy(reversed_.copies, at=at, position=position)

    def _copy(self, copies: CopyTuples, *, at: datetime, position: int) -> None:
        for client, start, end, of_client, of_start in copies:
            if any(known.start < end for known in islice(self._from(client, start), 1)):
                continue
            moved = start - of_start
            originals = IdRanges({of_client: [(of_start, of_start + end - start)]})
            for _, first, last, stretch in list(self.split(originals)):
                self._add(
                    Stretch(
                        client=client,
                        start=first + moved,
                        end=last + moved,
                        attribution=stretch.attribution if stretch else NOBODY_KNOWS,
                        at=stretch.at if stretch else at,
                        until=stretch.until if stretch else at,
                        position=position,
                    )
                )

    def stretches(self) -> Iterator[Stretch]:
        return (stretch for client in sorted(self._stretches) for stretch in self._stretches[client])

    def split(self, ids: IdRanges) -> Iterator[tuple[int, int, int, Stretch | None]]:
        """Yield (client, start, end, stretch) for these ids, without a stretch for those that the map does not hold."""
        for client, start, end in ids:
            cursor = start
            for stretch in self._from(client, start):
                if stretch.start >= end:
                    break
                if stretch.start > cursor:
                    yield client, cursor, stretch.start, None
                    cursor = stretch.start
                yield client, cursor, min(end, stretch.end), stretch
                cursor = min(end, stretch.end)
            if cursor < end:
                yield client, cursor, end, None

    def _from(self, client: int, clock: int) -> Iterator[Stretch]:
        stretches = self._stretches.get(client, [])
        first = bisect_right(stretches, clock, key=lambda s: s.end)
        return (stretches[i] for i in range(first, len(stretches)))

    def _known(self, clients: Iterable[int]) -> IdRanges:
        return IdRanges({c: [(s.start, s.end) for s in self._stretches.get(c, ())] for c in clients})

    def _claim(self, new: IdRanges, edits: EditsRecorded, own: Attribution) -> None:
        """
        Let the sender own a client id that nobody owns.

        The server's own edits own what they bring. A session owns one id: the first that it brings alone. With
        several nobody knows which is its own, and the others are somebody's whose text it passes on. Whom presence
        shows as another member is not the sender: that id waits for its member, however often others use it.
        """
        unowned = [client for client in sorted(new.clients().difference(edits.of_others)) if client not in self._claims]
        is_live = edits.transport == Transport.LIVE
        if is_live and (edits.session_id in self._sessions or len(unowned) != 1):
            return
        for client in unowned:
            claim = Claim(client=client, session_id=edits.session_id, attribution=own, is_live=is_live)
            self._claims[client] = claim
            self.claimed.append(claim)
            if is_live:
                self._sessions.add(claim.session_id)

    def _credited(self, client: int, edits: EditsRecorded, own: Attribution) -> Attribution:
        if edits.transport != Transport.LIVE:
            return own
        owner = self._claims.get(client)
        # The server sends its own text itself: whatever a session adds under such an id, nobody vouches for.
        if owner is None or not owner.is_live:
            return RELAYED_FOR_NOBODY
        # The same person on a new connection, with the document that was open before, relays nothing.
        if owner.attribution.author == own.author:
            return own
        relayed = replace(owner.attribution, relayed=True)
        # What a program sends under a person's id, that person may or may not have written.
        is_vouched_for = own.origin is Origin.HUMAN or relayed.origin is not Origin.HUMAN
        return relayed if is_vouched_for else replace(relayed, origin=Origin.UNKNOWN)

    def _add(self, new: Stretch) -> None:
        stretches = self._stretches.setdefault(new.client, [])
        index = bisect_right(stretches, new.start, key=lambda s: s.start)
        before = stretches[index - 1] if index else None
        if before is not None and before.continued_by(new):
            at, until = min(before.at, new.at), max(before.until, new.until)
            new = replace(before, end=new.end, at=at, until=until)
            stretches[index - 1] = new
        else:
            stretches.insert(index, new)
        self.changed[new.client, new.start] = new
