"""A document near its limit is measured now and then, not for each edit."""

import pytest

from api.live.admission import Admission
from api.live.closing import CloseCode, ConnectionRefused
from api.live.poison import Poison
from domain.document.body import BodyKind
from domain.yjs.update import read_update
from tests.domain.yjs_bytes import client, update

EDIT = update(client(7, 0, b"\0\1"))
CONTENTS = read_update(EDIT)
LIMIT_BYTES = 64_000


class Document:
    """Says how large it is, and counts how often it was asked."""

    def __init__(self, size_bytes: int) -> None:
        self.size_bytes, self.measured = size_bytes, 0

    def full_state(self) -> bytes:
        self.measured += 1
        return bytes(self.size_bytes)


def admission_of(document: Document) -> Admission:
    admission = Admission(document.full_state, Poison(), state_bytes_max=LIMIT_BYTES)
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
