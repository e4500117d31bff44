"""Whom presence shows owns their client: whoever is quicker to write under it does not."""

from domain.provenance.attribution import RELAYED_FOR_NOBODY, Attribution, Origin
from tests.domain.test_id_map import ANA, BEN, credited, edits, folded


def test_who_is_first_to_use_the_client_that_presence_shows_as_anothers_does_not_own_it() -> None:
    # given
    mallorys = edits({77: [(0, 1)]}, session="mallory's", of_others=(77,))
    # when
    id_map = folded(
        (mallorys, BEN),
        (edits({77: [(1, 9)]}, session="ana's"), ANA),
        (edits({77: [(9, 12)]}, session="mallory's", of_others=(77,)), BEN),
        (edits({5: [(0, 3)]}, session="mallory's"), BEN),
    )
    # then
    found = [credited(id_map, *id_) for id_ in ((77, 0), (77, 5), (77, 10), (5, 0))]
    assert [(f.origin, f.author.id, f.relayed) for f in found if f] == [
        (Origin.UNKNOWN, None, True),
        (Origin.HUMAN, ANA.id, False),
        (Origin.HUMAN, ANA.id, True),
        (Origin.HUMAN, BEN.id, False),
    ]


def test_of_several_unseen_ids_the_one_that_presence_shows_as_nobody_elses_is_the_senders() -> None:
    id_map = folded((edits({5: [(0, 3)], 77: [(0, 4)]}, session="ben's", of_others=(77,)), BEN))
    assert credited(id_map, 5, 0) == Attribution(origin=Origin.HUMAN, author=BEN)
    assert credited(id_map, 77, 0) == RELAYED_FOR_NOBODY
