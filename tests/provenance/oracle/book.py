"""Keeps, id by id, whom each character is to be credited to: from what was done, not from what the platform derives."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from domain.actor import Actor
from domain.provenance.attribution import Origin
from tests.provenance.oracle.layout import Id, Place


class Credited(NamedTuple):
    origin: Origin
    author: Actor
    relayed: bool = False
    generation_id: object = None
    accepted_by: Actor | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    session: str
    credit: Credited


NOBODY = Credited(Origin.UNKNOWN, Actor.parse("unknown"), relayed=True)


def _relayed(owner: Credited, sender: Credited) -> Credited:
    """Whoever passes text on vouches for it as a person or not at all: no program can make a person's text."""
    by_program_for_person = owner.origin is Origin.HUMAN and sender.origin is not Origin.HUMAN
    return owner._replace(relayed=True, origin=Origin.UNKNOWN if by_program_for_person else owner.origin)


class Book:
    """
    Whose is what.

    `writers` says who really sits at each client; the platform is never told. A live session is to be believed for
    the client that it first brings alone, and what it brings of another is that one's, or nobody's. Presence shows
    some clients from their first moment: nobody but who sits there is ever to be taken for them.
    """

    def __init__(self) -> None:
        self.writers: dict[int, Credited] = {}
        self.credits: dict[Id, Credited] = {}
        self.first: dict[Id, Id] = {}
        """Under which id each character that was moved was typed."""
        self.taken: set[int] = set()
        """
        Clients that presence did not show, whose text somebody passed on before anything of their own.

        Nobody can tell that from writing.
        """
        self.shown: set[int] = set()
        self.spared: set[int] = set()
        """Clients that would have been taken if presence had not shown them."""
        self._owners: dict[int, Owner | None] = {}
        self._ids_of: defaultdict[str, set[Id]] = defaultdict(set)
        self._either: dict[Id, frozenset[Credited]] = {}

    def live(self, session: str, sender: Credited, brought: Iterable[Id], moved: Mapping[Id, Id]) -> None:
        """Take in what a session sent; what it moved is credited as before."""
        new = {id_ for id_ in brought if id_ not in self.credits}
        strangers = {client for client, _ in new if client not in self._owners}
        others = self.of_others(strangers, sender)
        if len(strangers) == 1:
            self.spared |= others
        strangers -= others
        has_one = any(owner and owner.session == session for owner in self._owners.values())
        if len(strangers) == 1 and not has_one:
            client = strangers.pop()
            self._owners[client] = Owner(session, sender)
            if self.writers[client] != sender:
                self.taken.add(client)
        for id_ in new:
            if id_ in moved:
                continue
            owner = self._owners.get(id_[0])
            if owner is None:
                self.credits[id_] = NOBODY
            elif owner.credit == sender:
                self.credits[id_] = sender
            else:
                self.credits[id_] = _relayed(owner.credit, sender)
        for id_, old in moved.items():
            # Of what the platform brought back each character is credited by the first of its units.
            if id_ in new and old in self.credits:
                self._move(id_, old)

    def _move(self, id_: Id, old: Id) -> None:
        self.credits[id_] = self.credits[old]
        self.first[id_] = self.first.get(old, old)
        if old in self._either:
            self._either[id_] = self._either[old]

    def of_others(self, clients: Iterable[int], sender: Credited) -> set[int]:
        """Return which of these clients presence shows as somebody else's than the sender's."""
        return {client for client in clients if client in self.shown and self.writers[client] != sender}

    def by_server(self, credit: Credited, brought: Iterable[Id]) -> None:
        """Take in what the platform wrote for somebody, under a client of its own."""
        for id_ in brought:
            self._owners[id_[0]] = None
            self.credits[id_] = credit

    def restored(self, brought: Iterable[Id], then: Iterable[Place], now: Iterable[Place]) -> None:
        """Take in that a former body stands there again: each character is the same person's as it was in it."""
        ids = self._by_the_platform(brought)
        then, now = list(then), list(now)
        assert [character for character, _ in then] == [character for character, _ in now]
        for (_, old), (_, new) in zip(then, now, strict=True):
            if old is not None and new is not None and new in ids:
                self.credits[new] = self.credits[old]
                if old in self._either:
                    self._either[new] = self._either[old]

    def brought_back(self, brought: Iterable[Id], shown: Iterable[Place]) -> None:
        """
        Take in what an undo or a revert brought back: the same character is the same person's as before.

        It stands for one that is not there now. Where several took it out and put it in, it may be each of theirs.
        """
        ids, shown = self._by_the_platform(brought), list(shown)
        here = {id_ for _, id_ in shown}
        for character, id_ in shown:
            if id_ in ids and id_ is not None:
                gone = self._ids_of[character] - here
                known = frozenset(credit for one in gone for credit in self._either.get(one, {self.credits[one]}))
                self.credits[id_] = next(iter(known))
                if len(known) > 1:
                    self._either[id_] = known

    def _by_the_platform(self, brought: Iterable[Id]) -> set[Id]:
        ids = set(brought)
        self._owners.update((client, None) for client, _ in ids)
        return ids

    def see(self, shown: Iterable[Place]) -> None:
        """Note under which ids each character can be read now."""
        for character, id_ in shown:
            if id_ is not None:
                self._ids_of[character].add(id_)

    def allows(self, id_: Id, credit: Credited) -> bool:
        """Tell whether this is whom the character is to be credited to."""
        return credit in self._either[id_] if id_ in self._either else credit == self.credits[id_]

    def is_certain(self, id_: Id) -> bool:
        return id_ not in self._either

    def is_true(self, id_: Id) -> bool:
        """Tell whether the credit names who really wrote it, or nobody."""
        credit = self.credits[id_]
        client, _ = self.first.get(id_, id_)
        writer = self.writers.get(client)
        return writer is None or client in self.taken or credit == NOBODY or credit.author == writer.author
