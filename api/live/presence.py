"""Who is in a room and where their cursors are: relayed, never stored."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from cachetools import LRUCache, TTLCache

from api.live.identity import Identity, member_in
from domain.yjs.awareness import AwarenessEntry

CLIENTS_PER_CONNECTION_MAX = 16
ELSEWHERE_CLIENTS_MAX = 10_000
SILENT_SECONDS_MAX = 30.0
"""Clients say again every 15 s that they are there, and are taken for gone after 30 s (y-protocols, awareness)."""
GONE_CLIENTS_MAX = 1_000
OWNED_CLIENTS_MAX = 20_000

ELSEWHERE: Final = object()
"""The owner of everybody who is connected to another process."""
_NOBODY: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    entry: AwarenessEntry
    owner: object
    member: str | None


class Presence:
    """
    The awareness of one room. An entry belongs to the connection that announced it first and goes with it.

    Stock clients also say what they heard of others; whatever another connection said is theirs to say only when they
    come with it, as a member does whose former line is not missed yet.
    """

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}
        self._heard_at: dict[int, float] = {}
        # What is still said of them by those who have not heard yet is no news.
        self._gone: TTLCache[int, _Known] = TTLCache(GONE_CLIENTS_MAX, SILENT_SECONDS_MAX)
        # Also of connections whose clients have all gone: they have announced something.
        self._clients_of: dict[object, set[int]] = {}
        # Whose each client is: the member's who announced it first, also long after they left.
        self._first: LRUCache[int, str] = LRUCache(OWNED_CLIENTS_MAX)

    def take(self, entries: Iterable[AwarenessEntry], owner: object, identity: Identity) -> tuple[AwarenessEntry, ...]:
        """Accept what a member's connection says about its own clients; return what is news, by who says it."""
        return self._take(entries, owner, lambda _: identity.id, identity.shown_in)

    def take_from_elsewhere(self, entries: Iterable[AwarenessEntry]) -> tuple[AwarenessEntry, ...]:
        """Accept what another process has accepted; return what is news here."""
        return self._take(entries, ELSEWHERE, member_in, lambda state: state)

    def _take(
        self,
        entries: Iterable[AwarenessEntry],
        owner: object,
        member_of: Callable[[str], str | None],
        shown_in: Callable[[str], str],
    ) -> tuple[AwarenessEntry, ...]:
        may_repeat = owner is ELSEWHERE or owner not in self._clients_of
        accepted = []
        for entry in entries:
            if entry.state is None:
                known = self._known.get(entry.client)
                if known is None or known.owner is not owner or entry.clock < known.entry.clock:
                    continue
                self._forget(entry)
                accepted.append(entry)
                continue
            member = member_of(entry.state)
            if self._is_news(entry, owner, member, may_repeat=may_repeat):
                # Only now: most of what stock clients say is about others, and not worth a look inside.
                shown = replace(entry, state=shown_in(entry.state))
                self._remember(_Known(entry=shown, owner=owner, member=member))
                accepted.append(shown)
        return tuple(accepted)

    def leave(self, owner: object) -> tuple[AwarenessEntry, ...]:
        """Return the departures of everybody whom this connection announced."""
        # Not a later clock: somebody who comes back goes on counting from here, and would not be believed.
        gone = tuple(replace(self._known[client].entry, state=None) for client in self._clients_of.pop(owner, ()))
        for entry in gone:
            self._forget(entry)
        return gone

    def of_others(self, clients: Iterable[int], member: str) -> tuple[int, ...]:
        """Return those of these clients that another member announced first, here or elsewhere, now or before."""
        announced = ((client, self._first.get(client, member)) for client in clients)
        return tuple(sorted(client for client, first in announced if first != member))

    def everybody(self, *, but: object = None) -> tuple[AwarenessEntry, ...]:
        """Return everybody who was heard of lately, for a newcomer; not those announced by `but`."""
        since = time.monotonic() - SILENT_SECONDS_MAX
        return tuple(
            known.entry
            for client, known in self._known.items()
            if self._heard_at[client] >= since and (but is None or known.owner is not but)
        )

    def _is_news(self, entry: AwarenessEntry, owner: object, member: str | None, *, may_repeat: bool) -> bool:
        known = self._known.get(entry.client)
        if known is not None and known.owner is owner:
            return entry.clock > known.entry.clock
        before = known or self._gone.get(entry.client)
        if before is not None:
            # A member comes back before the line is missed that it had; nobody else's client can be taken over.
            if member is None or member != before.member:
                return False
            # Whoever comes back says first what it said last; after that, the same is what was heard of others.
            if entry.clock < before.entry.clock or (entry.clock == before.entry.clock and not may_repeat):
                return False
        announced = len(self._clients_of.get(owner, ()))
        return announced < (ELSEWHERE_CLIENTS_MAX if owner is ELSEWHERE else CLIENTS_PER_CONNECTION_MAX)

    def _remember(self, news: _Known) -> None:
        client = news.entry.client
        if (known := self._known.get(client)) is not None:
            self._clients_of[known.owner].discard(client)
        self._gone.pop(client, None)
        self._known[client] = news
        if news.member is not None:
            self._first.setdefault(client, news.member)
        self._heard_at[client] = time.monotonic()
        self._clients_of.setdefault(news.owner, set()).add(client)

    def _forget(self, gone: AwarenessEntry) -> None:
        known = self._known.pop(gone.client)
        del self._heard_at[gone.client]
        self._clients_of.get(known.owner, set()).discard(gone.client)
        self._gone[gone.client] = _Known(entry=gone, owner=_NOBODY, member=known.member)
