"""Messages that cost much to read: others have the event loop meanwhile, and whoever goes on sending them is slowed."""

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from api.live.loading import read_all
from api.live.reading import (
    ANSWER_BURST_SECONDS_MAX,
    ANSWER_BYTES_PER_SECOND_MAX,
    PARTS_BURST_SECONDS_MAX,
    PARTS_PER_SECOND_MAX,
    REFUSED_COSTS,
    UpdateReading,
)
from app.bootstrap import Colophon
from domain.yjs import protocol
from domain.yjs.awareness import AwarenessEntry
from domain.yjs.update import UpdateContents, read_update
from tests.domain.yjs_bytes import client, update
from tests.live.test_editing_together import a_plain_document
from tests.live.yjs_client import connected
from tests.support.world import Tenant

GC_STRUCT = b"\0\1"
KEYSTROKE = update(client(7, 0, GC_STRUCT))


def many(structs: int) -> bytes:
    return update(client(7, 0, *[GC_STRUCT] * structs))


@contextmanager
def reads_on_this_thread() -> Iterator[list[int]]:
    """Count how often the thread that runs the event loop reads an update itself."""
    count = [0]

    def profile(frame: FrameType, event: str, _: object) -> None:
        count[0] += event == "call" and frame.f_code is read_update.__code__

    sys.setprofile(profile)
    try:
        yield count
    finally:
        sys.setprofile(None)


def is_done_at_once(work: Coroutine[Any, Any, object]) -> bool:
    try:
        work.send(None)
    except StopIteration:
        return True
    work.close()
    return False


def is_slowed(work: Coroutine[Any, Any, object]) -> bool:
    """Whether there is something to wait for, other than that the others have their turn."""
    try:
        while work.send(None) is None:
            pass
    except StopIteration:
        return False
    work.close()
    return True


def test_structs_and_deleted_ranges_are_what_an_update_costs() -> None:
    ranges = bytes([1, 7, 3, 0, 1, 2, 1, 4, 1])
    assert read_update(update(client(7, 0, *[GC_STRUCT] * 40), client(8, 0, GC_STRUCT), delete_set=ranges)).parts == 44


async def test_large_updates_of_a_client_are_not_read_on_the_event_loop(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with connected(server_url, document_id, acme.ana.api_key) as mallory:
        await mallory.until(lambda: mallory.synced)
        mallory.type("A")
        await mallory.acknowledged()
        with reads_on_this_thread() as count:
            for number in range(20):
                frame = update(client(100 + number, 0, *[GC_STRUCT] * 2_000))
                mallory.send(protocol.write_message(protocol.Update(update=frame)))
            mallory.type("B")
            await mallory.acknowledged()
        # What a keystroke brings is read at once.
        assert count == [1]


async def test_a_keystroke_is_read_without_a_turn_of_the_event_loop() -> None:
    reading = UpdateReading()
    assert all(is_done_at_once(reading.read(KEYSTROKE)) for _ in range(100))
    assert not is_done_at_once(reading.read(many(2_000)))


async def test_many_small_updates_leave_the_event_loop_to_others_in_between() -> None:
    reading, small, rounds = UpdateReading(), many(900), 0

    async def others() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    working = asyncio.create_task(others())
    for _ in range(50):
        await reading.read(small)
    working.cancel()
    assert rounds >= 49


async def test_whoever_goes_on_asking_for_large_answers_is_slowed() -> None:
    reading, answers = UpdateReading(), 0
    while not is_slowed(reading.answered(5_000_000)):
        answers += 1
    assert answers <= ANSWER_BYTES_PER_SECOND_MAX * ANSWER_BURST_SECONDS_MAX / 5_000_000 + 1
    # Small documents may be asked for as often as messages may come.
    small = UpdateReading()
    assert not any(is_slowed(small.answered(1_000)) for _ in range(2_000))


def presence_of(clients: int) -> protocol.Awareness:
    return protocol.Awareness(entries=tuple(AwarenessEntry(client=n, clock=1, state="{}") for n in range(clients)))


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        (presence_of(1_000), 1_000),
        (protocol.Awareness(entries=(AwarenessEntry(client=1, clock=1, state='"' + "x" * 16_000 + '"'),)), 500),
        (protocol.SyncStep1(state_vector=protocol.write_state_vector(dict.fromkeys(range(900), 1))), 50),
    ],
    ids=["many clients", "a large state", "a state vector"],
)
async def test_whoever_goes_on_sending_questions_and_presence_that_cost_much_is_slowed(
    message: protocol.Message, parts: int
) -> None:
    reading, taken = UpdateReading(), 0
    while not is_slowed(reading.asked(message)):
        taken += 1
    assert taken <= PARTS_PER_SECOND_MAX * PARTS_BURST_SECONDS_MAX / parts + 1


async def test_presence_of_many_leaves_the_event_loop_to_others_and_a_cursor_needs_no_turn() -> None:
    reading = UpdateReading()
    assert all(is_done_at_once(reading.asked(presence_of(1))) for _ in range(100))
    assert not is_done_at_once(reading.asked(presence_of(1_000)))


async def test_a_large_state_vector_is_not_read_on_the_event_loop() -> None:
    vector = protocol.write_state_vector(dict.fromkeys(range(10_000), 1))
    assert is_slowed(UpdateReading().asked(protocol.SyncStep1(state_vector=vector)))


async def refused(reading: UpdateReading, contents: UpdateContents) -> int:
    """How often an update is refused before whoever sends it must wait."""
    times = 0
    while is_done_at_once(reading.refused(contents)):
        times += 1
    return times


async def test_whoever_goes_on_sending_what_it_may_not_write_is_slowed() -> None:
    held = PARTS_PER_SECOND_MAX * PARTS_BURST_SECONDS_MAX
    most = await refused(UpdateReading(), read_update(many(1_000)))
    assert most <= 2 * held / REFUSED_COSTS / 1_000


async def test_edits_of_other_nodes_leave_the_event_loop_to_others_too() -> None:
    with reads_on_this_thread() as count:
        (read,) = await read_all([many(2_000)])
    assert (count, read.parts) == ([0], 2_000)
    # What takes no thread has the others in between.
    assert not is_done_at_once(read_all([KEYSTROKE]))
