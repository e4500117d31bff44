"""Who is credited with which CRDT ids: the first in the log that brought them, never whoever passes them on."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.document.edits import recorded_edits
from domain.actor import SYSTEM, Actor, ActorKind
from domain.document.events import EditsRecorded
from domain.document.transport import Transport
from domain.ids import DocumentId, GenerationId
from domain.provenance.attribution import Attribution, Origin
from domain.provenance.id_map import STRETCH_PAUSE, IdMap
from domain.yjs import writer
from domain.yjs.ids import IdRanges
from tests.domain.yjs_bytes import client, in_root, update

DOCUMENT = DocumentId(UUID(int=1))
GENERATION = GenerationId(UUID(int=2))
ANA, BEN, KEY = (
    Actor(kind, UUID(int=n)) for kind, n in ((ActorKind.MEMBER, 3), (ActorKind.MEMBER, 4), (ActorKind.KEY, 5))
)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)

Ids = dict[int, list[tuple[int, int]]]


def edits(
    inserted: Ids,
    *,
    session: str = "ana's",
    transport: str = Transport.LIVE,
    generation_id: GenerationId | None = None,
    author_ref: str | None = None,
    tombstones: Ids | None = None,
    of_others: tuple[int, ...] = (),
) -> EditsRecorded:
    return EditsRecorded(
        document_id=DOCUMENT,
        session_id=session,
        transport=transport,
        updates=(),
        inserted=IdRanges(inserted).to_tuples(),
        deleted=(),
        generation_id=generation_id,
        author_ref=author_ref,
        tombstones=IdRanges(tombstones).to_tuples(),
        of_others=of_others,
    )


def folded(*history: tuple[EditsRecorded, Actor]) -> IdMap:
    id_map = IdMap()
    for position, (edit, actor) in enumerate(history, start=1):
        id_map.record(edit, actor=actor, at=NOON, position=position)
    return id_map


def credited(id_map: IdMap, client: int, clock: int) -> Attribution | None:
    [(*_, stretch)] = id_map.split(IdRanges({client: [(clock, clock + 1)]}))
    return stretch.attribution if stretch else None


@pytest.mark.parametrize(
    ("edit", "actor", "origin", "author"),
    [
        (edits({1: [(0, 5)]}), ANA, Origin.HUMAN, ANA),
        (edits({1: [(0, 5)]}), KEY, Origin.API_KEY, KEY),
        (edits({1: [(0, 5)]}, transport=Transport.COMMAND), ANA, Origin.HUMAN, ANA),
        (edits({1: [(0, 5)]}, transport=Transport.COMMAND), KEY, Origin.API_KEY, KEY),
        (edits({1: [(0, 5)]}, transport=Transport.COMMAND), SYSTEM, Origin.SYSTEM, SYSTEM),
        (edits({1: [(0, 5)]}, transport=Transport.IMPORT), ANA, Origin.IMPORTED, ANA),
        (edits({1: [(0, 5)]}, transport=Transport.IMPORT), KEY, Origin.IMPORTED, KEY),
        (edits({1: [(0, 5)]}, transport=Transport.SUGGESTION, author_ref=str(BEN)), ANA, Origin.HUMAN, BEN),
        (edits({1: [(0, 5)]}, transport=Transport.SUGGESTION, author_ref=str(KEY)), ANA, Origin.API_KEY, KEY),
        (edits({1: [(0, 5)]}, transport=Transport.SUGGESTION), ANA, Origin.UNKNOWN, Actor(ActorKind.UNKNOWN)),
        (edits({1: [(0, 5)]}, transport="a later one"), ANA, Origin.UNKNOWN, Actor(ActorKind.UNKNOWN)),
        (edits({1: [(0, 5)]}, transport=Transport.SUGGESTION, generation_id=GENERATION), ANA, Origin.AI, SYSTEM),
    ],
)  # fmt: skip
def test_the_way_in_and_the_actor_tell_the_origin(
    edit: EditsRecorded, actor: Actor, origin: Origin, author: Actor
) -> None:
    found = credited(folded((edit, actor)), 1, 4)
    assert found is not None
    assert (found.origin, found.author, found.relayed) == (origin, author, False)


def test_accepted_text_of_an_ai_says_which_generation_and_who_accepted_it() -> None:
    accepted = edits({1: [(0, 5)]}, transport=Transport.SUGGESTION, generation_id=GENERATION)
    found = credited(folded((accepted, ANA)), 1, 0)
    assert found is not None
    assert (found.generation_id, found.accepted_by) == (GENERATION, ANA)
    inserted_by_nobody = credited(folded((accepted, SYSTEM)), 1, 0)
    assert inserted_by_nobody is not None
    assert inserted_by_nobody.accepted_by is None


def test_who_is_first_in_the_log_has_written_it() -> None:
    id_map = folded((edits({1: [(0, 5)]}), ANA), (edits({1: [(0, 5)]}, session="ben's"), BEN))
    assert credited(id_map, 1, 3) == Attribution(origin=Origin.HUMAN, author=ANA)


@pytest.mark.parametrize(
    ("owner", "sender", "origin"),
    [(ANA, BEN, Origin.HUMAN), (ANA, KEY, Origin.UNKNOWN), (KEY, ANA, Origin.API_KEY)],
)
def test_text_under_the_id_of_another_session_is_its_owners_and_relayed_and_human_only_if_a_person_sent_it(
    owner: Actor, sender: Actor, origin: Origin
) -> None:
    id_map = folded((edits({1: [(0, 5)]}), owner), (edits({1: [(5, 9)]}, session="another's"), sender))
    assert credited(id_map, 1, 7) == Attribution(origin=origin, author=owner, relayed=True)


def test_text_that_is_passed_on_for_somebody_unseen_is_nobodys() -> None:
    id_map = folded((edits({1: [(0, 5)]}), ANA), (edits({2: [(0, 4)]}), ANA))
    found = credited(id_map, 2, 0)
    assert found is not None
    assert (found.origin, found.author.kind, found.relayed) == (Origin.UNKNOWN, ActorKind.UNKNOWN, True)


def test_of_several_unseen_ids_at_once_nobody_knows_which_is_the_senders_until_it_goes_on_with_one() -> None:
    id_map = folded((edits({1: [(0, 5)], 2: [(0, 4)]}), ANA), (edits({2: [(4, 8)]}), ANA))
    kinds = [credited(id_map, client, clock) for client, clock in ((1, 0), (2, 0), (2, 4))]
    assert [found.origin for found in kinds if found] == [Origin.UNKNOWN, Origin.UNKNOWN, Origin.HUMAN]


def test_who_was_relayed_before_they_came_owns_their_id_from_then_on() -> None:
    id_map = folded(
        (edits({1: [(0, 5)]}), ANA),
        (edits({2: [(0, 4)]}), ANA),
        (edits({2: [(0, 6)]}, session="ben's"), BEN),
        (edits({2: [(6, 9)]}), ANA),
    )
    found = [credited(id_map, 2, clock) for clock in (0, 4, 6)]
    assert [(f.origin, f.author.id, f.relayed) for f in found if f] == [
        (Origin.UNKNOWN, None, True),
        (Origin.HUMAN, BEN.id, False),
        (Origin.HUMAN, BEN.id, True),
    ]


def test_the_same_person_on_a_new_connection_relays_nothing() -> None:
    id_map = folded((edits({1: [(0, 5)]}), ANA), (edits({1: [(5, 9)]}, session="ana's second"), ANA))
    assert credited(id_map, 1, 7) == Attribution(origin=Origin.HUMAN, author=ANA)


@pytest.mark.parametrize("generation_id", [GENERATION, None])
def test_nobody_can_add_to_what_the_server_wrote_under_its_id(generation_id: GenerationId | None) -> None:
    by_the_server = edits(
        {1: [(0, 5)]}, transport=Transport.SUGGESTION, generation_id=generation_id, author_ref=str(BEN)
    )
    id_map = folded((by_the_server, ANA), (edits({1: [(5, 9)]}, session="mallory's"), BEN))
    found = credited(id_map, 1, 5)
    assert found is not None
    assert (found.origin, found.generation_id, found.relayed) == (Origin.UNKNOWN, None, True)


def test_a_long_pause_begins_another_stretch() -> None:
    id_map = IdMap()
    for index, minutes in enumerate((0, 1, 2, 5)):
        at = NOON + timedelta(minutes=minutes)
        id_map.record(edits({1: [(index, index + 1)]}), actor=ANA, at=at, position=index + 1)
    found = [(s.start, s.end, s.position, s.until - s.at) for s in id_map.stretches()]
    assert found == [(0, 3, 1, STRETCH_PAUSE), (3, 4, 4, timedelta())]


SENDERS = st.sampled_from([("ana's", ANA), ("ben's", BEN), ("a program's", KEY)])
SOME_IDS = st.dictionaries(
    st.integers(1, 3), st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda t: [(t[0], t[0] + t[1])]), min_size=1
)
HISTORIES = st.lists(
    st.tuples(SOME_IDS, SENDERS, st.sampled_from([*Transport]), st.sampled_from([(), (1,), (2, 3)])).map(
        lambda one: (edits(one[0], session=one[1][0], transport=one[2], of_others=one[3]), one[1][1])
    ),
    max_size=8,
)


@given(HISTORIES)
def test_recording_a_history_twice_changes_nothing(history: list[tuple[EditsRecorded, Actor]]) -> None:
    once, twice = folded(*history), folded(*history, *history)
    assert list(once.stretches()) == list(twice.stretches())


@given(HISTORIES)
def test_every_id_that_came_is_credited_once(history: list[tuple[EditsRecorded, Actor]]) -> None:
    id_map = folded(*history)
    came = IdRanges()
    for edit, _ in history:
        came = came.union(IdRanges.from_tuples(edit.inserted))
    kept = IdRanges({c: [(s.start, s.end) for s in id_map.stretches() if s.client == c] for c in came.clients()})
    assert kept == came
    assert sum(s.end - s.start for s in id_map.stretches()) == came.count


@given(HISTORIES, st.data())
def test_a_map_made_of_what_was_kept_goes_on_as_if_nothing_had_happened(
    history: list[tuple[EditsRecorded, Actor]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(history)))
    whole, first = folded(*history), folded(*history[:cut])
    rest = IdMap(first.stretches(), first.claimed)
    for position, (edit, actor) in enumerate(history[cut:], start=cut + 1):
        rest.record(edit, actor=actor, at=NOON, position=position)
    assert list(rest.stretches()) == list(whole.stretches())


@given(HISTORIES)
def test_only_a_persons_own_session_is_ever_called_human(history: list[tuple[EditsRecorded, Actor]]) -> None:
    humans = {s.attribution.author for s in folded(*history).stretches() if s.attribution.origin is Origin.HUMAN}
    assert humans <= {ANA, BEN}


def test_a_tombstone_under_the_id_of_another_claims_nothing_of_what_they_will_write() -> None:
    # given
    mallorys = edits({1: [(0, 4)], 77: [(3, 2**24)]}, session="mallory's", tombstones={77: [(3, 2**24)]})
    # when
    id_map = folded(
        (edits({77: [(0, 3)]}), ANA),
        (mallorys, BEN),
        (edits({77: [(3, 9)]}), ANA),
    )
    # then
    assert credited(id_map, 77, 8) == Attribution(origin=Origin.HUMAN, author=ANA)
    assert credited(id_map, 1, 0) == Attribution(origin=Origin.HUMAN, author=BEN)
    assert credited(id_map, 77, 9) is None


def test_a_tombstone_does_not_make_the_id_of_somebody_who_has_not_written_yet_ones_own() -> None:
    early = edits({77: [(5, 2**24)]}, session="mallory's", tombstones={77: [(5, 2**24)]})
    id_map = folded((early, BEN), (edits({77: [(0, 9)]}), ANA), (edits({2: [(0, 4)]}, session="mallory's"), BEN))
    assert credited(id_map, 77, 0) == credited(id_map, 77, 8) == Attribution(origin=Origin.HUMAN, author=ANA)
    assert credited(id_map, 2, 0) == Attribution(origin=Origin.HUMAN, author=BEN)


def test_who_deleted_all_they_wrote_before_they_came_still_owns_what_they_write_next() -> None:
    id_map = folded((edits({1: [(0, 5)]}, tombstones={1: [(0, 5)]}), ANA), (edits({1: [(5, 9)]}), ANA))
    assert credited(id_map, 1, 0) is None
    assert credited(id_map, 1, 5) == Attribution(origin=Origin.HUMAN, author=ANA)


def test_ids_that_one_update_brings_as_text_and_the_next_as_gone_were_written() -> None:
    text = update(client(7, 0, in_root(4, writer.string("abc"))))
    gone = update(client(7, 0, b"\0\5"))
    event = recorded_edits(DOCUMENT, [text, gone], session_id="ana's", transport=Transport.LIVE)
    assert (event.inserted, event.tombstones) == (((7, ((0, 5),)),), ((7, ((3, 5),)),))
