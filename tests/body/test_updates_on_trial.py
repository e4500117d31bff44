"""What an update costs the CRDT is found out in a process of its own."""

import sys
from collections.abc import AsyncIterator

import pytest

from commands.bodies import BodyUnreadable, TrialFailed
from domain.yjs import writer
from infra.body.process_trial import ProcessTrial
from tests.domain.yjs_bytes import between, client, in_item, in_root, update

LETTERS = 3_000
TEXT = update(client(5, 0, in_root(4, writer.string("x" * LETTERS))))
BIG_TEXT = update(client(5, 0, in_root(4, writer.string("x" * 20_000_000))))
A_LETTER = update(client(9, 0, between(4, (5, 0), (5, 1), b"\1y")))
A_BIG_PASTE = update(client(9, 0, between(4, (5, 0), (5, 1), writer.string("y" * 10_000_000))))
FAR_APART = update(client(9, 0, *(between(4, None, (5, at), b"\1y") for at in range(LETTERS))))
IN_A_LETTER = update(client(9, 0, in_item(4, (5, 0), b"\1y")))


@pytest.fixture
async def trial() -> AsyncIterator[ProcessTrial]:
    trial = ProcessTrial()
    yield trial
    await trial.close()


async def test_an_update_that_takes_a_moment_is_measured(trial: ProcessTrial) -> None:
    assert await trial.seconds(TEXT, A_LETTER) is not None
    assert await trial.seconds(b"", TEXT) is not None


async def test_an_update_that_takes_too_long_is_ended(trial: ProcessTrial) -> None:
    trial._seconds_max = 0.05

    assert await trial.seconds(TEXT, FAR_APART) is None


async def test_an_update_that_the_crdt_refuses_is_told_from_one_that_takes_long(trial: ProcessTrial) -> None:
    with pytest.raises(BodyUnreadable):
        await trial.seconds(TEXT, IN_A_LETTER)


async def test_documents_and_updates_may_be_large(trial: ProcessTrial) -> None:
    trial._seconds_max = 10.0

    assert await trial.seconds(BIG_TEXT, A_LETTER) is not None
    assert await trial.seconds(BIG_TEXT, A_BIG_PASTE) is not None
    assert await trial.seconds(TEXT, A_LETTER) is not None


async def test_what_cannot_be_tried_is_no_judgement(trial: ProcessTrial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/there/is/no/python")
    with pytest.raises(TrialFailed):
        await trial.seconds(b"", TEXT)

    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(TrialFailed):
        await trial.seconds(BIG_TEXT, A_LETTER)


async def test_a_document_that_cannot_be_loaded_is_no_judgement_on_the_update(trial: ProcessTrial) -> None:
    with pytest.raises(TrialFailed):
        await trial.seconds(b"no update", A_LETTER)

    assert await trial.seconds(TEXT, A_LETTER) is not None
