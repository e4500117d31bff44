"""A document near its limit is measured now and then, not for each edit."""

import asyncio

import pytest

from api.limits import Limits
from api.live.admission import Admission
from api.live.closing import CloseCode, ConnectionRefused
from api.live.poison import Poison
from domain.document.body import BodyKind
from domain.yjs.known import KnownIds
from domain.yjs.protocol import SyncStep1, read_state_vector, write_message, write_state_vector
from domain.yjs.update import read_update
from tests.domain.yjs_bytes import client, update

EDIT = update(client(7, 0, b"\0\1"))
CONTENTS = read_update(EDIT)
LIMIT_BYTES = 64_000
CLIENTS_MAX = 10


class Document:
    """Says how large it is, and counts how often it was asked."""

    def __init__(self, size_bytes: int) -> None:
        self.size_bytes, self.measured = size_bytes, 0

    def full_state(self) -> bytes:
        self.measured += 1
        return bytes(self.size_bytes)


def admission_of(document: Document) -> Admission:
    admission = Admission(document.full_state, KnownIds, Poison(), state_bytes_max=LIMIT_BYTES, clients_max=CLIENTS_MAX)
    admission.begin(LIMIT_BYTES)
    return admission


async def test_edits_near_the_limit_share_a_measurement() -> None:
    document = Document(LIMIT_BYTES - 100)
    admission = admission_of(document)
    for _ in range(200):
        await admission.admit(EDIT, CONTENTS, BodyKind.PLAIN, ())
        admission.applied(EDIT, CONTENTS)
    edits_per_measurement = LIMIT_BYTES // 64 // len(EDIT)
    assert document.measured <= 200 // edits_per_measurement + 1


async def test_a_full_document_is_not_measured_again_before_it_changes() -> None:
    document = Document(LIMIT_BYTES)
    admission = admission_of(document)
    for _ in range(10):
        with pytest.raises(ConnectionRefused) as refused:
            await admission.admit(EDIT, CONTENTS, BodyKind.PLAIN, ())
        assert refused.value.code is CloseCode.TOO_LARGE
    assert document.measured == 1
    # when
    document.size_bytes = 1_000
    admission.applied(EDIT, CONTENTS)
    # then
    await admission.admit(EDIT, CONTENTS, BodyKind.PLAIN, ())
    assert (document.measured, admission.state_bytes) == (2, 1_000)


async def test_what_is_being_recorded_takes_space_before_it_is_applied() -> None:
    document, large = Document(0), EDIT.ljust(LIMIT_BYTES * 2 // 3)
    admission = admission_of(document)
    with admission.in_flight([(large, CONTENTS)]):
        other = asyncio.create_task(admission.admit(large, CONTENTS, BodyKind.PLAIN, ()))
        await asyncio.sleep(0)
        assert not other.done()
        document.size_bytes = len(large)
        admission.applied(large, CONTENTS)
    with pytest.raises(ConnectionRefused, match="as large as it can be"):
        await other


async def test_a_document_takes_only_so_many_clients() -> None:
    known, document = KnownIds(), Document(0)
    admission = Admission(
        document.full_state, lambda: known, Poison(), state_bytes_max=LIMIT_BYTES, clients_max=CLIENTS_MAX
    )
    many = update(*[client(100 + number, 0, b"\0\1") for number in range(CLIENTS_MAX)])
    await admission.admit(many, read_update(many), BodyKind.PLAIN, ())
    known.add(read_update(many))
    # Who has written goes on.
    more = update(client(100, 1, b"\0\1"))
    await admission.admit(more, read_update(more), BodyKind.PLAIN, ())
    with pytest.raises(ConnectionRefused, match="as many client ids") as refused:
        await admission.admit(EDIT, CONTENTS, BodyKind.PLAIN, ())
    assert refused.value.code is CloseCode.TOO_LARGE


def test_whoever_knows_all_clients_that_a_document_may_have_is_understood() -> None:
    clients_max = Limits().document_clients_max
    largest = {2**53 - 1 - number: 2**31 - 1 for number in range(clients_max)}
    vector = write_state_vector(largest)
    assert read_state_vector(vector) == largest
    assert len(write_message(SyncStep1(state_vector=vector))) < Limits().frame_bytes_max
