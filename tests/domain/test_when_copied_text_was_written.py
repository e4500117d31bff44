"""Text that was brought back keeps the time at which it was written, whatever stands beside it."""

from datetime import timedelta
from uuid import UUID

from domain.document.transport import Transport
from domain.history.events import EditsReversed, Reversal
from domain.provenance.id_map import STRETCH_PAUSE, IdMap
from tests.domain.test_id_map import ANA, DOCUMENT, NOON, edits

PAUSE = STRETCH_PAUSE / 2


def test_a_copy_of_old_text_is_not_joined_with_one_of_todays_and_keeps_its_time() -> None:
    # given
    long_ago = NOON - timedelta(days=300)
    id_map = IdMap()
    for client_id, at in ((1, NOON), (2, long_ago), (3, NOON + PAUSE), (4, NOON)):
        edit = edits({client_id: [(0, 5)]}, transport=Transport.COMMAND)
        id_map.record(edit, actor=ANA, at=at, position=client_id)
    copies = ((9, 0, 5, 1, 0), (9, 5, 10, 2, 0), (9, 10, 15, 3, 0), (9, 15, 20, 4, 0))
    restored = EditsReversed(document_id=DOCUMENT, reversal=Reversal.RESTORE, edit_id=UUID(int=9), copies=copies)
    # when
    id_map.copied(restored, at=NOON + timedelta(days=1), position=5)
    # then
    found = [(s.start, s.end, s.at, s.until) for s in id_map.stretches() if s.client == 9]
    assert found == [
        (0, 5, NOON, NOON),
        (5, 10, long_ago, long_ago),
        (10, 20, NOON, NOON + PAUSE),
    ]
