"""What an update costs the CRDT is found out in a process of its own."""

import sys

import pytest

from commands.bodies import BodyUnreadable, TrialFailed
from domain.yjs import writer
from infra.body.process_trial import ProcessTrial
from tests.domain.yjs_bytes import between, client, in_item, in_root, update

LETTERS = 3_000
TEXT = update(client(5, 0, in_root(4, writer.string("x" * LETTERS))))
FAR_APART = update(client(9, 0, *(between(4, None, (5, at), b"\1y") for at in range(LETTERS))))
IN_A_LETTER = update(client(9, 0, in_item(4, (5, 0), b"\1y")))


async def test_an_update_that_takes_a_moment_is_measured() -> None:
    seconds = await ProcessTrial().seconds(TEXT, update(client(9, 0, between(4, (5, 0), (5, 1), b"\1y"))))

    assert seconds is not None
    assert await ProcessTrial().seconds(b"", TEXT) is not None


async def test_an_update_that_takes_too_long_is_ended() -> None:
    assert await ProcessTrial(seconds_max=0.05).seconds(TEXT, FAR_APART) is None


async def test_an_update_that_the_crdt_refuses_is_told_from_one_that_takes_long() -> None:
    with pytest.raises(BodyUnreadable):
        await ProcessTrial().seconds(TEXT, IN_A_LETTER)


async def test_what_cannot_be_tried_is_no_judgement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/there/is/no/python")
    with pytest.raises(TrialFailed):
        await ProcessTrial().seconds(b"", TEXT)

    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(TrialFailed):
        await ProcessTrial().seconds(b"", TEXT)
