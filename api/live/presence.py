"""Who is in a room and where their cursors are: relayed, never stored."""

import time
from collections.abc import Iterable

from api.live.identity import is_of_one_member
from domain.yjs.awareness import AwarenessEntry

CLIENTS_PER_CONNECTION_MAX = 16
ELSEWHERE_CLIENTS_MAX = 10_000
SILENT_SECONDS_MAX = 30.0
"""Clients say again every 15 s that they are there, and are taken for gone after 30 s (y-protocols, awareness)."""

ELSEWHERE = object()
"""The owner of everybody who is connected to another process."""


class Presence:
    """The awareness of one room. An entry belongs to the connection that announced it first and goes with it."""

    def __init__(self) -> None:
        self._entries: dict[int, AwarenessEntry] = {}
        self._owners: dict[int, object] = {}
        self._heard_at: dict[int, float] = {}

    def take(self, entries: Iterable[AwarenessEntry], owner: object) -> tuple[AwarenessEntry, ...]:
        """Accept what a connection says about its own clients; return what is news to the others."""
        accepted = []
        for entry in entries:
            if not self._may_announce(entry, owner):
                continue
            known = self._entries.get(entry.client)
            if known is not None and not self._is_newer(entry, known, owner):
                continue
            if entry.state is None:
                self._forget(entry.client)
            else:
                self._entries[entry.client] = entry
                self._owners[entry.client] = owner
                self._heard_at[entry.client] = time.monotonic()
            accepted.append(entry)
        return tuple(accepted)

    def _is_newer(self, entry: AwarenessEntry, known: AwarenessEntry, owner: object) -> bool:
        """Whoever comes back by another connection says first what it said last."""
        is_said_again = entry.state is None or self._owners[entry.client] is not owner
        return entry.clock > known.clock or (entry.clock == known.clock and is_said_again)

    def leave(self, owner: object) -> tuple[AwarenessEntry, ...]:
        """Return the departures of everybody whom this connection announced."""
        clients = [client for client, announced_by in self._owners.items() if announced_by is owner]
        # Not a later clock: somebody who comes back goes on counting from here, and would not be believed.
        gone = tuple(AwarenessEntry(client=c, clock=self._entries[c].clock, state=None) for c in clients)
        for client in clients:
            self._forget(client)
        return gone

    def everybody(self, *, but: object = None) -> tuple[AwarenessEntry, ...]:
        """Return everybody who was heard of lately, for a newcomer; not those announced by `but`."""
        since = time.monotonic() - SILENT_SECONDS_MAX
        return tuple(
            entry
            for client, entry in self._entries.items()
            if self._heard_at[client] >= since and (but is None or self._owners[client] is not but)
        )

    def _may_announce(self, entry: AwarenessEntry, owner: object) -> bool:
        known = self._entries.get(entry.client)
        if known is not None and self._owners[entry.client] is owner:
            return True
        # A member comes back before the line is missed that it had; nobody else's client can be taken over.
        if known is not None and not is_of_one_member(known.state, entry.state):
            return False
        announced = sum(1 for announced_by in self._owners.values() if announced_by is owner)
        return announced < (ELSEWHERE_CLIENTS_MAX if owner is ELSEWHERE else CLIENTS_PER_CONNECTION_MAX)

    def _forget(self, client: int) -> None:
        self._entries.pop(client, None)
        self._owners.pop(client, None)
        self._heard_at.pop(client, None)
