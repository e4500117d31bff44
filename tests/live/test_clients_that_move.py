"""A client that comes back elsewhere takes its presence with it, and what it left there takes nobody away."""

import json

from api.live.presence import ELSEWHERE, Presence
from domain.yjs.awareness import AwarenessEntry

OURS, OTHER = object(), object()


def said(clock: int, member: str | None = "ana", **state: object) -> tuple[AwarenessEntry, ...]:
    user = {} if member is None else {"user": {"id": member}}
    return (AwarenessEntry(client=1, clock=clock, state=json.dumps({**user, **state})),)


GONE = (AwarenessEntry(client=1, clock=5, state=None),)


def test_a_member_moves_here_from_another_process_and_its_old_line_takes_nobody_away() -> None:
    presence = Presence()
    presence.take(said(5), ELSEWHERE)
    # when
    assert presence.take(said(5, cursor=1), OURS) == said(5, cursor=1)
    # then
    assert presence.take(GONE, ELSEWHERE) == ()
    assert presence.everybody(but=ELSEWHERE) == said(5, cursor=1)


def test_a_member_moves_to_another_process_and_its_old_line_takes_nobody_away() -> None:
    presence = Presence()
    presence.take(said(5), OURS)
    # when
    assert presence.take(said(5), ELSEWHERE) == said(5)
    # then
    assert presence.leave(OURS) == ()
    assert presence.everybody() == said(5)


def test_a_member_moves_to_another_line_of_the_same_process() -> None:
    presence = Presence()
    presence.take(said(5), OURS)
    assert presence.take(said(5), OTHER) == said(5)
    assert presence.leave(OURS) == ()
    assert [entry.state for entry in presence.leave(OTHER)] == [None]


def test_what_is_older_or_somebody_elses_moves_nobody() -> None:
    presence = Presence()
    presence.take(said(5), OURS)
    assert presence.take(said(4), OTHER) == ()
    for stranger in (said(6, "mallory"), said(6, None), GONE):
        assert presence.take(stranger, OTHER) == ()
        assert presence.take(stranger, ELSEWHERE) == ()
    assert presence.everybody() == said(5)


def test_nobody_takes_over_a_client_that_names_no_member() -> None:
    presence = Presence()
    presence.take(said(5, None), OURS)
    assert presence.take(said(6, None), OTHER) == ()
