"""Counted by ids and counted in order of reading, every history gives the same authors of the same text."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Text, UndoManager, XmlElement, XmlFragment, XmlText

from commands.bodies import LABELS_MAX, Labelled
from commands.document.edits import recorded_edits
from domain.actor import Actor, ActorKind
from domain.document.body import BodyKind
from domain.document.transport import Transport
from domain.ids import DocumentId
from domain.provenance.attribution import NOBODY_KNOWS, Attribution, Origin
from domain.provenance.id_map import IdMap
from domain.provenance.live_text import held_and_live
from domain.provenance.reading import credited
from infra.body.bodies import PycrdtBodies
from infra.body.crdt import open_document, plain_root, rich_root
from infra.body.tree import Node, block_text
from infra.body.yjs_in import read_fragment

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DOCUMENT = DocumentId(UUID(int=1))
WORDS = ("ab", "word ", "é", "日本語", "🦙", "x🦙y", "\n", "\t", "<b>", " ")
BODIES = PycrdtBodies()


class Writer:
    """A client that changes, undoes, fetches and passes on as chance has it."""

    def __init__(self, number: int, kind: BodyKind, random: Random) -> None:
        self.actor = Actor(ActorKind.KEY if number == 1 else ActorKind.MEMBER, UUID(int=number))
        self.session = f"session {number}"
        self.doc: Doc[Any] = Doc(client_id=number)
        self.kind, self.random = kind, random
        self.root: Any = plain_root(self.doc) if kind is BodyKind.PLAIN else rich_root(self.doc)
        self.undo = UndoManager(scopes=[self.root], capture_timeout_millis=0)

    def write(self) -> None:
        with self.doc.transaction():
            if self.kind is BodyKind.PLAIN:
                self._change(self.root)
            else:
                self._change_blocks(self.root)

    def _change_blocks(self, root: XmlFragment) -> None:
        count = len(root.children)
        if not count or self.random.random() < 0.25:
            at = self.random.randint(0, count)
            root.children.insert(at, XmlElement("paragraph"))
            block: Any = root.children[at]
            block.children.append(XmlText(self.random.choice(WORDS)))
        elif self.random.random() < 0.15:
            del root.children[self.random.randrange(count)]
        else:
            block = root.children[self.random.randrange(count)]
            self._change(block.children[0])

    def _change(self, text: Any) -> None:
        """At places that hold whole characters: yrs counts bytes."""
        shown = "".join(run for run, _ in text.diff()) if isinstance(text, XmlText) else str(text)
        cuts = [len(shown[:index].encode()) for index in range(len(shown) + 1)]
        start, end = sorted(self.random.choices(cuts, k=2))
        match self.random.randrange(4):
            case 0 if end > start:
                del text[start:end]
            case 1 if end > start:
                text.format(start, end, {"bold": {}})
            case _:
                text.insert(start, self.random.choice(WORDS))

    def take_back(self) -> None:
        self.undo.undo()


def played(kind: BodyKind, seed: int, turns: int) -> tuple[bytes, IdMap]:
    """A history of three writers: the state that it leaves, and whose its ids are."""
    random = Random(seed)  # to be repeated
    log: Doc[Any] = Doc()
    updates: list[bytes] = []
    id_map = IdMap()
    writers = [Writer(number, kind, random) for number in (1, 2, 3)]

    def send(writer: Writer) -> None:
        """What the log lacks; among it what the writer got from others who have not sent it yet."""
        update = writer.doc.get_update(log.get_state())
        log.apply_update(update)
        updates.append(update)
        event = recorded_edits(DOCUMENT, [update], session_id=writer.session, transport=Transport.LIVE)
        id_map.record(event, actor=writer.actor, at=NOON, position=len(updates))

    def fetch(writer: Writer) -> None:
        writer.doc.apply_update(log.get_update(writer.doc.get_state()))

    def meet(writer: Writer) -> None:
        other = random.choice(writers)
        writer.doc.apply_update(other.doc.get_update(writer.doc.get_state()))

    for writer in writers:
        writer.write()
        send(writer)
    acts: list[Callable[[Writer], None]] = [*[Writer.write] * 6, send, send, fetch, meet, Writer.take_back]
    for _ in range(turns):
        random.choice(acts)(random.choice(writers))
    for writer in writers:
        send(writer)
    return BODIES.merge(updates), id_map


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def block_texts(kind: BodyKind, state: bytes) -> list[str]:
    document = open_document(state)
    if kind is BodyKind.PLAIN:
        return [str(plain_root(document))]
    return [block_text(block) for block in read_fragment(rich_root(document)).content if isinstance(block, Node)]


HISTORIES = given(kind=st.sampled_from(BodyKind), seed=st.integers(0, 2**32), turns=st.integers(0, 60))
OFTEN = settings(max_examples=150, deadline=None)


@OFTEN
@HISTORIES
def test_both_ways_find_the_same_authors_of_the_same_text(kind: BodyKind, seed: int, turns: int) -> None:
    state, id_map = played(kind, seed, turns)
    _, text = held_and_live(state)
    # by ids
    by_ids: Counter[Attribution] = Counter()
    for _, start, end, stretch in id_map.split(text):
        by_ids[stretch.attribution if stretch else NOBODY_KNOWS] += end - start
    # in order of reading
    numbered, ranges = credited(id_map, text, LABELS_MAX)
    runs = BODIES.runs(kind, state, [Labelled(*found) for found in ranges])
    texts = block_texts(kind, state)
    in_order: Counter[Attribution] = Counter()
    for run in runs:
        in_order[numbered[run.label].attribution] += units(texts[run.block][run.start : run.end])
    assert in_order == by_ids
    # and nothing is left out or told twice
    told = ["".join(texts[run.block][run.start : run.end] for run in runs if run.block == n) for n in range(len(texts))]
    assert told == texts


@OFTEN
@HISTORIES
def test_nobody_is_credited_with_what_another_wrote(kind: BodyKind, seed: int, turns: int) -> None:
    state, id_map = played(kind, seed, turns)
    for client, _, _, stretch in id_map.split(held_and_live(state)[1]):
        assert stretch is not None
        author = stretch.attribution.author
        assert author.kind is ActorKind.UNKNOWN or author.id == UUID(int=client)
        assert (stretch.attribution.origin is Origin.HUMAN) <= (author.kind is ActorKind.MEMBER)


def test_text_written_into_a_paragraph_that_is_being_deleted_is_gone_in_both_ways() -> None:
    # given two who have the same paragraph
    ana: Doc[Any] = Doc(client_id=1)
    rich_root(ana).children.append(XmlElement("paragraph", contents=[XmlText("Here ")]))
    ben: Doc[Any] = Doc(client_id=2)
    ben.apply_update(ana.get_update())
    # when one deletes what the other writes into
    del rich_root(ana).children[0]
    paragraph: Any = rich_root(ben).children[0]
    paragraph.children[0].insert(5, "and gone")
    state = BODIES.merge([ana.get_update(), ben.get_update()])
    # then no edit says that the new text was deleted, and yet it is not there
    assert held_and_live(state)[1].is_empty
    assert BODIES.runs(BodyKind.RICH, state, [Labelled(1, 0, 100, 0), Labelled(2, 0, 100, 1)]) == ()


def test_more_authors_than_can_be_told_apart_are_unknown_and_nobody_elses() -> None:
    doc: Doc[Any] = Doc(client_id=1)
    doc["content"] = Text("abcd")
    id_map = IdMap()
    for clock in range(4):
        event = recorded_edits(DOCUMENT, [], session_id=str(clock), transport=Transport.IMPORT)
        event = replace(event, inserted=((1, ((clock, clock + 1),)),))
        id_map.record(event, actor=Actor(ActorKind.MEMBER, UUID(int=clock)), at=NOON, position=clock + 1)
    numbered, ranges = credited(id_map, held_and_live(doc.get_update())[1], 3)
    found = [numbered[number].attribution.author.id for *_, number in ranges]
    assert found == [UUID(int=0), UUID(int=1), None, None]
