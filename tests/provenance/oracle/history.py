"""One random history: several people, programs and the platform itself work on one document, often at once."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random
from uuid import UUID

from domain.actor import SYSTEM, Actor, ActorKind
from domain.document.body import BodyKind
from domain.document.operations import (
    AppendMarkdown,
    DeleteBlock,
    DeleteRange,
    EditOperation,
    InsertText,
    OperationOutOfRange,
)
from domain.document.transport import Transport
from domain.ids import GenerationId
from domain.provenance.attribution import Origin
from domain.provenance.id_map import IdMap
from domain.yjs.update import read_update
from infra.body.bodies import PycrdtBodies
from tests.provenance.oracle.alphabet import Alphabet
from tests.provenance.oracle.book import Book, Credited
from tests.provenance.oracle.client import Client
from tests.provenance.oracle.log import Log
from tests.provenance.oracle.taking_back import TakingBack

BODIES = PycrdtBodies()
MEMBERS = tuple(Credited(Origin.HUMAN, Actor(ActorKind.MEMBER, UUID(int=n))) for n in (11, 12, 13))
KEYS = tuple(Credited(Origin.API_KEY, Actor(ActorKind.KEY, UUID(int=n))) for n in (21, 22))
THE_PLATFORM = Credited(Origin.SYSTEM, SYSTEM)


class History:
    def __init__(self, seed: int, id_map: IdMap) -> None:
        self.random = Random(seed)
        self.kind = self.random.choice(list(BodyKind))
        self.log, self.book = Log(self.kind, id_map), Book()
        self.alphabet = Alphabet(self.random)
        self.clients: list[Client] = []
        self.sent: list[bytes] = []
        self.taken_back: Counter[str] = Counter()

    def play(self, turns: int) -> None:
        for _ in range(self.random.randint(2, 4)):
            self._newcomer()
        back = TakingBack(self.log, self.book, self.random, self._client_id, self.taken_back)
        acts: list[tuple[int, Callable[[], object]]] = [
            (30, lambda: self._any().change()),
            (14, lambda: self._send(self._any())),
            (8, lambda: self._fetch(self._any())),
            (6, self._meet),
            (4, lambda: self._any().take_back()),
            (2, self._newcomer),
            (2, self._reconnect),
            (2, self._send_again),
            (4, self._command),
            (3, self._generation),
            (2, self._import),
            (2, self._suggestion),
            (3, back.restore),
            (3, back.undo),
            (2, back.redo),
            (2, back.revert),
        ]
        weights = [weight for weight, _ in acts]
        for _ in range(turns):
            self.random.choices([act for _, act in acts], weights)[0]()
        for client in self.clients:
            self._send(client)

    def _any(self) -> Client:
        return self.random.choice(self.clients)

    def _client_id(self) -> int:
        return self.random.getrandbits(32)

    def _newcomer(self) -> None:
        who = self.random.choice((*MEMBERS, *MEMBERS, *KEYS))
        client = Client(self._client_id(), who, self.kind, self.random, self.alphabet)
        self.book.writers[client.number] = who
        if self.random.random() < 0.7:
            self.book.shown.add(client.number)
        self.clients.append(client)

    def _reconnect(self) -> None:
        client = self._any()
        client.session = f"session {self.random.getrandbits(64)}"

    def _fetch(self, client: Client) -> None:
        client.doc.apply_update(self.log.doc.get_update(client.doc.get_state()))

    def _meet(self) -> None:
        """Two exchange what they have without the platform."""
        one, other = self._any(), self._any()
        one.doc.apply_update(other.doc.get_update(one.doc.get_state()))

    def _send(self, client: Client) -> None:
        """What the platform lacks, or everything; with what the client got from others who have not sent it yet."""
        known = self.log.doc.get_state() if self.random.random() < 0.8 else b"\0"
        self._take(client, [client.doc.get_update(known)])

    def _send_again(self) -> None:
        if self.sent:
            self._take(self._any(), self.random.sample(self.sent, min(2, len(self.sent))))

    def _take(self, client: Client, updates: Sequence[bytes]) -> None:
        """As a room does: what is known already is not recorded."""
        news = [update for update in updates if not self.log.known.contains(read_update(update))]
        if news or (updates and self.random.random() < 0.1):
            news = news or list(updates)
            assert not any(self.log.known.lacks(read_update(update)) for update in news)
            clients = {number for update in news for number in read_update(update).inserted.clients()}
            brought = self.log.edited(
                client.who.author,
                news,
                session=client.session,
                transport=Transport.LIVE,
                of_others=sorted(self.book.of_others(clients & self.book.writers.keys(), client.who)),
            )
            self.book.live(client.session, client.who, brought, self.log.moved())
            self.book.see(self.log.moments[-1].shown)
            self.sent += news

    def _operation(self) -> EditOperation:
        moment = self.log.moments[-1] if self.log.moments else None
        count = len(moment.blocks) if moment else 0
        chance = self.random.random()
        if not count or (self.kind is BodyKind.RICH and chance < 0.3):
            return AppendMarkdown(markdown=self.alphabet.word())
        assert moment is not None
        number = self.random.randrange(count)
        block = number if self.kind is BodyKind.RICH else None
        size = len(moment.blocks[number])
        offset = self.random.randint(0, size)
        if chance < 0.4 and block is not None:
            return DeleteBlock(block=block)
        if chance < 0.6:
            return DeleteRange(block=block, offset=offset, length=self.random.randint(0, min(8, size - offset)))
        return InsertText(block=block, offset=offset, text=self.alphabet.word())

    def _written(self) -> bytes:
        with suppress(OperationOutOfRange):
            return BODIES.edit(self.kind, self.log.now, [self._operation()], self._client_id())
        return b""

    def _command(self) -> None:
        who = self.random.choice((*MEMBERS, *KEYS, THE_PLATFORM))
        self._by_server(who, who, Transport.COMMAND)

    def _import(self) -> None:
        who = self.random.choice((*MEMBERS, *KEYS))
        self._by_server(who, Credited(Origin.IMPORTED, who.author), Transport.IMPORT)

    def _generation(self) -> None:
        who = self.random.choice((*MEMBERS, *KEYS, THE_PLATFORM))
        generation_id = GenerationId(UUID(int=self.random.getrandbits(100)))
        accepted_by = None if who is THE_PLATFORM else who.author
        credit = Credited(Origin.AI, SYSTEM, generation_id=generation_id, accepted_by=accepted_by)
        self._by_server(who, credit, Transport.SUGGESTION, generation_id=generation_id)

    def _suggestion(self) -> None:
        who, author = self.random.choice(MEMBERS), self.random.choice((*MEMBERS, *KEYS))
        credit = author._replace(accepted_by=who.author)
        self._by_server(who, credit, Transport.SUGGESTION, author=author.author)

    def _by_server(
        self,
        who: Credited,
        credit: Credited,
        transport: Transport,
        *,
        generation_id: GenerationId | None = None,
        author: Actor | None = None,
    ) -> None:
        update = self._written()
        if update:
            brought = self.log.edited(
                who.author,
                [update],
                session=f"request {self.log.position}",
                transport=transport,
                generation_id=generation_id,
                author=author,
            )
            self.book.by_server(credit, brought)
            self.book.see(self.log.moments[-1].shown)
