"""An update that would hold up everybody is tried elsewhere first: what takes too long is refused, the rest is kept."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from pycrdt import Doc, Text

from api.live.reading import HELD_UP_COSTS_BYTES_PER_SECOND, UpdateReading
from api.live.trials import BUSY_BURST_SECONDS_MAX, BUSY_SECONDS_PER_SECOND_MAX, Trials, may_take_long
from app.bootstrap import Colophon
from domain.yjs import protocol
from domain.yjs.known import KnownIds
from domain.yjs.update import read_update
from tests.domain.yjs_bytes import between, client, update
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.live.yjs_client import YjsClient, connected
from tests.support.world import Tenant

LETTERS = 3_000
EDITS = 1_000
LAST_CLIENT = 2**53 - 1
"""Behind the letters of all others at the same place."""
Place = tuple[int | None, int | None]

FAR_APART: dict[str, Callable[[int], Place]] = {
    "all that is before": lambda at: (None, at),
    "all that is after": lambda at: (LETTERS - 1 - at, None),
    "all that is between": lambda at: ((LETTERS - at) // 2, (LETTERS + at) // 2),
}


def far_apart(place: Callable[[int], Place], of: int) -> bytes:
    """An update each struct of which names letters of a client that the CRDT must go to."""

    def letter(left: int | None, right: int | None) -> bytes:
        return between(4, None if left is None else (of, left), None if right is None else (of, right), b"\1y")

    return update(client(LAST_CLIENT, 0, *(letter(*place(at)) for at in range(LETTERS))))


def writer_of(reader: YjsClient) -> int:
    """The client id of the text that was there first."""
    (first,) = protocol.read_state_vector(reader.doc.get_state())
    return first


def update_frame(brought: bytes) -> bytes:
    return protocol.write_message(protocol.Update(update=brought))


@pytest.mark.parametrize("place", FAR_APART.values(), ids=FAR_APART.keys())
async def test_parts_that_must_pass_much_end_the_connection_that_sends_them(
    colophon: Colophon,
    server_url: str,
    acme: Tenant,
    place: Callable[[int], Place],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    monkeypatch.setattr(colophon.platform.trial, "_seconds_max", 0.1)
    document_id = await a_plain_document(colophon, acme, "x" * LETTERS)
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        # when
        async with connected(server_url, document_id, acme.olga.api_key) as mallory:
            await mallory.until(lambda: mallory.synced)
            mallory.send(update_frame(far_apart(place, writer_of(mallory))))
            refused_with = await mallory.closed()
        ana.type("!")
        await ana.acknowledged()
    # then
    assert (refused_with, mallory.close_reason.split(":")[0]) == (4400, "The update takes too long")
    assert await stored_text(colophon, acme, document_id) == "x" * LETTERS + "!"


async def test_what_somebody_wrote_offline_is_taken_whole(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    # given
    document_id = await a_plain_document(colophon, acme, "x" * LETTERS)
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        offline: Doc[Any] = Doc()
        offline.apply_update(ana.doc.get_update())
        text = offline.get("content", type=Text)
        for number in range(EDITS):
            text.insert(0, "a")
            text.insert(3 * number + 1, "b")
            text.insert(LETTERS + 3 * number, "\n")
            del text[number : number + 1]
        brought = offline.get_update(ana.doc.get_state())
        # when
        ana.send(update_frame(brought))
        await ana.until(lambda: str(ana.text) == str(text))
    # then
    assert may_take_long([(brought, read_update(brought))], KnownIds(), LETTERS)
    assert await stored_text(colophon, acme, document_id) == str(text)


async def test_many_parts_at_one_place_are_no_harm(colophon: Colophon, server_url: str, acme: Tenant) -> None:
    # given
    document_id = await a_plain_document(colophon, acme)
    letter = b"\4\1\7content\1x"
    crowd = [client(one, 0, letter) for one in range(1, EDITS)]
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        # when
        ana.send(update_frame(update(*crowd[:400])))
        ana.send(update_frame(update(*crowd)))
        await ana.until(lambda: len(str(ana.text)) == len(crowd))
    # then
    assert await stored_text(colophon, acme, document_id) == "x" * len(crowd)


async def test_what_cannot_be_tried_may_come_again(
    colophon: Colophon, server_url: str, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    document_id = await a_plain_document(colophon, acme, "x" * LETTERS)
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        of = writer_of(ana)
        scattered = update(client(9, 0, *(between(4, (of, at), (of, at + 1), b"\1y") for at in range(EDITS))))
        # when
        monkeypatch.setattr(colophon.platform.trial, "_waiting", [])
        monkeypatch.setattr(sys, "executable", "/bin/false")
        ana.send(update_frame(scattered))
        refused_with = await ana.closed()
    monkeypatch.undo()
    async with connected(server_url, document_id, acme.ana.api_key) as ana:
        await ana.until(lambda: ana.synced)
        ana.send(update_frame(scattered))
        await ana.until(lambda: len(str(ana.text)) == LETTERS + EDITS)
    # then
    assert refused_with == 4503
    assert await stored_text(colophon, acme, document_id) == "xy" * EDITS + "x" * (LETTERS - EDITS)


def test_few_parts_or_parts_of_a_small_document_are_not_tried() -> None:
    known = KnownIds()
    few = update(client(9, 0, *(between(4, None, (5, at), b"\1y") for at in range(8))))
    many = update(client(9, 0, *(between(4, None, (5, at), b"\1y") for at in range(100))))

    assert not may_take_long([(few, read_update(few))], known, 10_000_000)
    assert not may_take_long([(many, read_update(many))], known, 10_000)
    assert may_take_long([(many, read_update(many))], known, 1_000_000)
    assert may_take_long([(few, read_update(few))] * 2, known, 1_000_000)


def test_parts_that_are_known_are_not_tried_again_but_what_is_mixed_with_them_is() -> None:
    typed = [between(4, (9, at - 1) if at else None, None if at else (5, 0), b"\1y") for at in range(100)]
    known = KnownIds()
    known.add(read_update(update(client(9, 0, *typed[:50]))))
    whole = update(client(9, 0, *typed))

    assert not may_take_long([(whole, read_update(whole))], KnownIds(), 1_000_000)
    assert may_take_long([(whole, read_update(whole))], known, 1_000_000)


async def test_whoever_took_much_processor_time_waits_and_nobody_else(colophon: Colophon, acme: Tenant) -> None:
    trials, burst = Trials(colophon.platform.trial), BUSY_BURST_SECONDS_MAX * BUSY_SECONDS_PER_SECOND_MAX

    assert trials._spend(acme.olga.context, burst) == 0
    assert trials._spend(acme.olga.context, 0.5) > 0
    assert trials._spend(acme.ana.context, 0.5) == 0


async def test_what_held_up_the_others_is_paid_for_as_a_large_answer() -> None:
    reading = UpdateReading()

    reading.held_up(0.001)
    assert reading._held_up_bytes == 0
    reading.held_up(0.5)
    assert reading._held_up_bytes == HELD_UP_COSTS_BYTES_PER_SECOND // 2
    await reading.answered(0)
    assert reading._held_up_bytes == 0
