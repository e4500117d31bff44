"""The cases that people ask about, one by one: who is credited after splits, moves, merges, decisions and relays."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from pycrdt import Doc, Text, XmlElement, XmlText

from domain.actor import SYSTEM, Actor, ActorKind
from domain.document.body import BodyKind
from domain.document.operations import (
    AppendMarkdown,
    AppendText,
    DeleteRange,
    EditOperation,
    InsertText,
    MoveBlock,
    ReplaceBlock,
)
from domain.document.transport import Transport
from domain.history.events import Reversal
from domain.ids import GenerationId
from domain.provenance.attribution import Origin
from domain.provenance.id_map import IdMap
from infra.body.crdt import plain_root, rich_root
from tests.provenance.oracle.checking import told_of
from tests.provenance.oracle.history import BODIES
from tests.provenance.oracle.log import Log, Moment

ANA, BEN = (Actor(ActorKind.MEMBER, UUID(int=n)) for n in (1, 2))
GENERATION = GenerationId(UUID(int=9))


class Page:
    """One document, what its people do with it, and what is told of it."""

    def __init__(self, kind: BodyKind) -> None:
        self.log = Log(kind, IdMap())
        self._clients = 0

    def opened(self) -> Doc[Any]:
        """Return the document as it is now, in a browser that was just opened."""
        self._clients += 1
        doc: Doc[Any] = Doc(client_id=self._clients)
        if self.log.now:
            doc.apply_update(self.log.now)
        return doc

    def sent(self, who: Actor, doc: Doc[Any], session: str | None = None) -> None:
        update = doc.get_update(self.log.doc.get_state())
        self.log.edited(who, [update], session=session or str(doc.client_id), transport=Transport.LIVE)

    def edited(
        self, who: Actor, *operations: EditOperation, transport: Transport = Transport.COMMAND, **facts: Any
    ) -> None:
        self._clients += 1
        update = BODIES.edit(self.log.kind, self.log.now, operations, self._clients)
        self.log.edited(who, [update], session=f"request {self._clients}", transport=transport, **facts)

    def imported(self, who: Actor, *operations: EditOperation) -> None:
        self.edited(who, *operations, transport=Transport.IMPORT)

    def accepted(self, who: Actor, *operations: EditOperation) -> None:
        """Text of a model, taken in by somebody."""
        self.edited(who, *operations, transport=Transport.SUGGESTION, generation_id=GENERATION)

    def restored(self, who: Actor, then: Moment) -> None:
        self._clients += 1
        target, root = BODIES.identified(self.log.kind, then.state), self.log.past.copies.root
        update, copies = BODIES.rewrite(self.log.kind, self.log.now, target, self._clients, root)
        self.log.reversed(who, Reversal.RESTORE, update, copies)

    def told(self) -> list[tuple[str, Origin, Actor]]:
        """Return each text with its origin and its author."""
        return [(text, credit.origin, credit.author) for text, credit in told_of(self.log)]


@pytest.fixture
def rich() -> Page:
    return Page(BodyKind.RICH)


@pytest.fixture
def plain() -> Page:
    return Page(BodyKind.PLAIN)


def a_paragraph(doc: Doc[Any], at: int, text: str) -> None:
    rich_root(doc).children.insert(at, XmlElement("paragraph", contents=[XmlText(text)]))


def line(doc: Doc[Any], block: int) -> Any:
    paragraph: Any = rich_root(doc).children[block]
    return paragraph.children[0]


def human(*parts: tuple[str, Actor]) -> Sequence[tuple[str, Origin, Actor]]:
    return [(text, Origin.HUMAN, who) for text, who in parts]


def test_who_splits_a_paragraph_is_no_author_of_what_their_editor_put_in_again(rich: Page) -> None:
    # given
    ana = rich.opened()
    a_paragraph(ana, 0, "One. Two.")
    rich.sent(ANA, ana)
    # when: an editor deletes the rest of the line and writes it below
    ben = rich.opened()
    del line(ben, 0)[5:9]
    a_paragraph(ben, 1, "Two.")
    rich.sent(BEN, ben)
    # then
    assert rich.told() == human(("One. ", ANA), ("Two.", ANA))


def test_a_block_that_an_editor_moves_stays_its_authors(rich: Page) -> None:
    ana = rich.opened()
    a_paragraph(ana, 0, "first")
    a_paragraph(ana, 1, "second")
    rich.sent(ANA, ana)
    ben = rich.opened()
    del rich_root(ben).children[1]
    a_paragraph(ben, 0, "second")
    rich.sent(BEN, ben)
    assert rich.told() == human(("second", ANA), ("first", ANA))


def test_two_who_write_into_one_word_at_once_keep_their_letters(plain: Page) -> None:
    # given
    ana = plain.opened()
    plain_root(ana).insert(0, "color")
    plain.sent(ANA, ana)
    ben = plain.opened()
    # when: neither has seen the other's
    plain_root(ana).insert(5, "ful")
    plain_root(ben).insert(4, "u")
    plain.sent(BEN, ben)
    plain.sent(ANA, ana)
    # then
    assert plain.told() == human(("colo", ANA), ("u", BEN), ("rful", ANA))


def test_what_a_person_writes_into_an_accepted_suggestion_is_theirs_and_the_rest_stays_accepted(rich: Page) -> None:
    # given
    rich.edited(BEN, AppendMarkdown(markdown="Our plan."))
    rich.accepted(BEN, AppendMarkdown(markdown="It takes three weeks."))
    # when
    rich.edited(ANA, InsertText(block=1, offset=9, text="about "))
    # then
    assert rich.told() == [
        ("Our plan.", Origin.HUMAN, BEN),
        ("It takes ", Origin.AI, SYSTEM),
        ("about ", Origin.HUMAN, ANA),
        ("three weeks.", Origin.AI, SYSTEM),
    ]
    of_ai = [credit for _, credit in told_of(rich.log) if credit.origin is Origin.AI]
    assert {(credit.generation_id, credit.accepted_by) for credit in of_ai} == {(GENERATION, BEN)}


def test_who_edits_an_import_is_credited_with_their_words_only(rich: Page) -> None:
    rich.imported(ANA, AppendMarkdown(markdown="The quick brown fox."))
    rich.edited(BEN, ReplaceBlock(block=0, markdown="The quick red fox."), transport=Transport.COMMAND)
    assert rich.told() == [
        ("The quick ", Origin.IMPORTED, ANA),
        ("red", Origin.HUMAN, BEN),
        (" fox.", Origin.IMPORTED, ANA),
    ]


def test_text_of_a_model_that_a_person_deletes_and_rewrites_is_the_persons(plain: Page) -> None:
    plain.accepted(BEN, AppendText(text="The llama sleeps."))
    ana = plain.opened()
    text: Any = plain_root(ana)
    del text[4:9]
    text.insert(4, "alpaca")
    plain.sent(ANA, ana)
    assert plain.told() == [
        ("The ", Origin.AI, SYSTEM),
        ("alpaca", Origin.HUMAN, ANA),
        (" sleeps.", Origin.AI, SYSTEM),
    ]


def test_a_person_who_retypes_what_a_model_wrote_word_for_word_has_written_it(plain: Page) -> None:
    """Texts are not compared: nobody can tell two who type the same."""
    plain.accepted(BEN, AppendText(text="yes"))
    plain.edited(ANA, DeleteRange(offset=0, length=3), InsertText(offset=0, text="yes"))
    assert plain.told() == human(("yes", ANA))


def test_text_that_somebody_else_passes_on_is_its_owners_and_marked(plain: Page) -> None:
    # given
    ana = plain.opened()
    plain_root(ana).insert(0, "by Ana, ")
    plain.sent(ANA, ana)
    ben = plain.opened()
    plain_root(ben).insert(8, "by Ben")
    plain.sent(BEN, ben)
    # when: Ana goes on without a connection, and Ben has it from her directly
    plain_root(ana).insert(0, "Also ")
    ben.apply_update(ana.get_update(ben.get_state()))
    plain.sent(BEN, ben)
    # then
    assert plain.told() == human(("Also ", ANA), ("by Ana, ", ANA), ("by Ben", BEN))
    assert [credit.relayed for _, credit in told_of(plain.log)] == [True, False, False]
    # and her own connection, later, makes no difference
    plain.sent(ANA, ana)
    assert [credit.relayed for _, credit in told_of(plain.log)] == [True, False, False]


def test_who_accepted_it_survives_formatting_undo_and_restore(rich: Page) -> None:
    # given
    rich.accepted(BEN, AppendMarkdown(markdown="Three weeks."))
    then = rich.log.moments[-1]
    ana = rich.opened()
    line(ana, 0).format(0, 5, {"bold": {}})
    rich.sent(ANA, ana)
    # when
    rich.edited(ANA, DeleteRange(block=0, offset=0, length=12))
    rich.restored(ANA, then)
    # then
    [(text, credit)] = told_of(rich.log)
    assert (text, credit.origin, credit.generation_id, credit.accepted_by) == (
        "Three weeks.",
        Origin.AI,
        GENERATION,
        BEN,
    )


def test_a_block_that_a_request_moves_is_put_in_again_and_counts_as_imported(rich: Page) -> None:
    rich.edited(ANA, AppendMarkdown(markdown="one\n\ntwo"))
    rich.imported(BEN, MoveBlock(block=1, to=0))
    assert rich.told() == [("two", Origin.IMPORTED, BEN), ("one", Origin.HUMAN, ANA)]


def test_the_halves_of_an_emoji_are_never_two_authors(plain: Page) -> None:
    ana = plain.opened()
    ana["content"] = Text("🦙")
    plain.sent(ANA, ana)
    ben = plain.opened()
    plain_root(ben).insert(4, "\u0301!")
    plain.sent(BEN, ben)
    assert plain.told() == human(("🦙", ANA), ("\u0301!", BEN))
