"""A client is that member's who announced it first, and stays theirs when they leave."""

from api.live.identity import Identity
from api.live.presence import OWNED_CLIENTS_MAX, Presence
from tests.live.test_clients_that_move import ANA, MALLORY, OTHER, OURS, said


def of_others(presence: Presence, who: Identity) -> tuple[int, ...]:
    return presence.of_others([1, 2], who.id)


def test_a_client_is_anothers_for_all_but_the_member_who_is_there_with_it() -> None:
    presence = Presence()
    assert of_others(presence, MALLORY) == ()
    # when
    presence.take(said(5), OURS, ANA)
    # then
    assert (of_others(presence, MALLORY), of_others(presence, ANA)) == ((1,), ())


def test_a_client_is_anothers_when_they_are_at_another_process() -> None:
    presence = Presence()
    presence.take_from_elsewhere(said(5))
    assert (of_others(presence, MALLORY), of_others(presence, ANA)) == ((1,), ())


def test_a_client_stays_its_members_when_they_leave_and_another_announces_it() -> None:
    presence = Presence()
    presence.take(said(5), OURS, ANA)
    presence.leave(OURS)
    # when
    presence.take(said(6, MALLORY), OTHER, MALLORY)
    # then
    assert (of_others(presence, MALLORY), of_others(presence, ANA)) == ((1,), ())


def test_whose_clients_were_is_remembered_up_to_a_bound() -> None:
    presence = Presence()
    presence.take(said(5), OURS, ANA)
    # when
    for client in range(2, OWNED_CLIENTS_MAX + 2):
        presence.take(said(1, MALLORY, client=client), OTHER, MALLORY)
        presence.leave(OTHER)
    # then
    assert presence.of_others([1, 2, OWNED_CLIENTS_MAX + 1], "somebody") == (2, OWNED_CLIENTS_MAX + 1)
