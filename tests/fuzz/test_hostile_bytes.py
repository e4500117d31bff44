"""Whatever bytes come, only Malformed is raised; the CRDT survives what is let in, and has the ids that were told."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.yjs import protocol
from tests.domain.test_yjs_update_mutations import damage, damaged
from tests.fuzz.crdt import Crdt
from tests.fuzz.laws import check_frame, check_message, check_update, state_of
from tests.fuzz.updates import random_updates, real_updates

QUICKLY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
REAL = real_updates()
MESSAGES = [protocol.write_message(protocol.Update(update=REAL[0])), bytes.fromhex("01080101027b7d")]


@pytest.fixture(scope="module")
def crdt() -> Iterator[Crdt]:
    found = Crdt()
    yield found
    found.close()


@QUICKLY
@given(data=random_updates())
def test_a_random_update_of_every_struct_is_refused_or_survivable_and_its_ids_are_told(crdt: Crdt, data: bytes) -> None:
    check_update(data, crdt)


@QUICKLY
@given(honest=random_updates(), data=random_updates())
def test_a_document_that_others_wrote_survives_it_too(crdt: Crdt, honest: bytes, data: bytes) -> None:
    check_update(data, crdt, before=state_of(honest))


@QUICKLY
@given(data=st.sampled_from(REAL), damages=st.lists(damage, max_size=3))
def test_a_damaged_update_is_refused_or_survivable_and_its_ids_are_told(
    crdt: Crdt, data: bytes, damages: list[tuple[str, int, bytes]]
) -> None:
    for how, where, what in damages:
        data = damaged(data, how, where, what)
    check_update(data, crdt)


@QUICKLY
@given(data=st.one_of(st.binary(max_size=60), st.sampled_from(MESSAGES)), damages=st.lists(damage, max_size=3))
def test_a_message_or_frame_is_refused_or_read_and_written_again_as_the_same(
    data: bytes, damages: list[tuple[str, int, bytes]]
) -> None:
    for how, where, what in damages:
        data = damaged(data, how, where, what)
    check_message(data)
    check_frame(data)
