"""A client that comes back elsewhere takes its presence with it, and what it left there takes nobody away."""

import json

import pytest

from api.live.identity import Identity
from api.live.presence import CLIENTS_PER_CONNECTION_MAX, ELSEWHERE, Presence
from domain.yjs.awareness import AwarenessEntry
from domain.yjs.protocol import MalformedMessage

OURS, OTHER = object(), object()
ANA, MALLORY = Identity(id="ana", name="Ana"), Identity(id="mallory", name="Mallory")
ANAS_OWN = 2


def said(clock: int, who: Identity | None = ANA, *, client: int = 1, **state: object) -> tuple[AwarenessEntry, ...]:
    text = json.dumps(state)
    return (AwarenessEntry(client=client, clock=clock, state=text if who is None else who.shown_in(text)),)


def gone(clock: int, *, client: int = 1) -> tuple[AwarenessEntry, ...]:
    return (AwarenessEntry(client=client, clock=clock, state=None),)


def test_a_member_moves_here_from_another_process_and_its_old_line_takes_nobody_away() -> None:
    presence = Presence()
    presence.take_from_elsewhere(said(5))
    # when
    assert presence.take(said(5, cursor=1), OURS, ANA) == said(5, cursor=1)
    # then
    assert presence.take_from_elsewhere(gone(5)) == ()
    assert presence.everybody(but=ELSEWHERE) == said(5, cursor=1)


def test_a_member_moves_to_another_process_and_its_old_line_takes_nobody_away() -> None:
    presence = Presence()
    presence.take(said(5), OURS, ANA)
    # when
    assert presence.take_from_elsewhere(said(5)) == said(5)
    # then
    assert presence.leave(OURS) == ()
    assert presence.everybody() == said(5)


def test_a_member_moves_to_another_line_of_the_same_process() -> None:
    presence = Presence()
    presence.take(said(5), OURS, ANA)
    assert presence.take(said(5), OTHER, ANA) == said(5)
    assert presence.leave(OURS) == ()
    assert [entry.state for entry in presence.leave(OTHER)] == [None]
    # Also when the former line was missed first.
    assert presence.take(said(5), OURS, ANA) == said(5)


def test_what_is_older_or_somebody_elses_moves_nobody() -> None:
    presence = Presence()
    presence.take(said(5), OURS, ANA)
    assert presence.take(said(4), OTHER, ANA) == ()
    assert presence.take(said(6), OTHER, MALLORY) == ()
    for stranger in (said(6, MALLORY), said(6, None), gone(5), gone(6)):
        assert presence.take_from_elsewhere(stranger) == ()
        assert presence.take(stranger, OTHER, MALLORY) == ()
    assert presence.everybody() == said(5)


def test_nobody_takes_over_a_client_that_names_no_member() -> None:
    presence = Presence()
    presence.take_from_elsewhere(said(5, None))
    assert presence.take(said(6, None), OURS, MALLORY) == ()


def test_a_tab_that_says_what_it_heard_of_another_tab_does_not_take_it_over() -> None:
    presence = Presence()
    presence.take(said(5), OURS, ANA)
    presence.take(said(1, client=ANAS_OWN), OTHER, ANA)
    # when
    assert presence.take(said(5), OTHER, ANA) == ()
    # then
    assert [entry.client for entry in presence.leave(OTHER)] == [ANAS_OWN]
    assert presence.take(gone(6), OURS, ANA) == gone(6)
    assert presence.everybody() == ()


def test_that_somebody_left_is_news_once() -> None:
    presence = Presence()
    presence.take(said(5), OURS, ANA)
    presence.take(said(1, client=7), OTHER, MALLORY)
    assert presence.leave(OURS) == gone(5)
    for again in (gone(5), gone(6), gone(1, client=99)):
        assert presence.take(again, OTHER, MALLORY) == ()
        assert presence.take_from_elsewhere(again) == ()


def test_what_is_heard_late_of_somebody_who_left_brings_nobody_back() -> None:
    presence = Presence()
    presence.take(said(5), OURS, ANA)
    for owner, who in ((OTHER, MALLORY), (ANA, ANA)):
        presence.take(said(1, client=id(owner)), owner, who)
    presence.leave(OURS)
    # when
    assert presence.take(said(5), OTHER, MALLORY) == ()
    assert presence.take(said(5), ANA, ANA) == ()
    # then
    assert {entry.client for entry in presence.everybody()} == {id(OTHER), id(ANA)}
    # and she comes back
    assert presence.take(said(6), OURS, ANA) == said(6)


def test_a_connection_announces_so_many_clients_and_no_more() -> None:
    presence = Presence()
    for number in range(CLIENTS_PER_CONNECTION_MAX + 1):
        news = presence.take(said(1, client=number), OURS, ANA)
        assert (news == ()) is (number == CLIENTS_PER_CONNECTION_MAX)
    # but when one of them leaves
    assert presence.take(gone(1), OURS, ANA) == gone(1)
    assert presence.take(said(1, client=99), OURS, ANA) == said(1, client=99)


def test_what_is_said_of_others_is_not_looked_into() -> None:
    presence = Presence()
    presence.take(said(5), OURS, ANA)
    not_json = AwarenessEntry(client=1, clock=6, state="{")
    # Looking would refuse it, as it does what somebody says of itself.
    assert presence.take((not_json,), OTHER, MALLORY) == ()
    with pytest.raises(MalformedMessage):
        presence.take((not_json,), OURS, ANA)
