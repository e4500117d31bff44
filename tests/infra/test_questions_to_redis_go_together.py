"""What many calls ask of Redis goes in few trips; each is answered by itself, and one's error is nobody else's."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.exceptions import RedisError, ResponseError

from infra.redis.connections import connect
from infra.redis.together import Script, Together
from tests.support.redis_server import RedisServer, own_redis
from tests.support.waiting import until

pytestmark = pytest.mark.requires("redis")

DOUBLED = Script("return redis.call('INCRBY', KEYS[1], ARGV[1]) * 2")


@pytest.fixture
async def server() -> AsyncIterator[RedisServer]:
    async with own_redis() as server:
        yield server


@pytest.fixture
async def together(server: RedisServer) -> AsyncIterator[Together]:
    client = connect(server.url)
    yield Together(client)
    await client.aclose()


async def reads(together: Together) -> int:
    told = await together.ask("INFO", "stats")
    return int(told["total_reads_processed"])


async def test_hundred_callers_are_answered_in_a_few_trips(together: Together) -> None:
    before = await reads(together)
    # when
    answers = await asyncio.gather(*(together.ask("ECHO", f"word {n}") for n in range(100)))
    # then
    assert answers == [f"word {n}".encode() for n in range(100)]
    assert await reads(together) - before < 10


async def test_an_error_is_told_to_whoever_asked_for_it(together: Together) -> None:
    await together.ask("SET", "text", "no number")
    # when
    asked = (together.ask("INCR", name) for name in ("text", "number"))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    # then
    assert isinstance(answers[0], ResponseError)
    assert answers[1] == 1


async def test_several_commands_of_one_caller_keep_their_order(together: Together) -> None:
    assert await together.ask_all(("SET", "n", 5), ("INCR", "n"), ("GET", "n")) == [True, 6, b"6"]


async def test_a_server_that_has_forgotten_a_script_is_told_it_again(together: Together) -> None:
    assert await together.run(DOUBLED, ["n"], [2]) == 4
    await together.ask("SCRIPT", "FLUSH")
    # when
    answers = await asyncio.gather(*(together.run(DOUBLED, ["n"], [2]) for _ in range(3)))
    # then
    assert sorted(answers) == [8, 12, 16]


async def test_whoever_stops_waiting_leaves_the_others_their_answers(together: Together) -> None:
    impatient = asyncio.create_task(together.ask("ECHO", "a"))
    patient = asyncio.create_task(together.ask("ECHO", "b"))
    await asyncio.sleep(0)
    # when
    impatient.cancel()
    # then
    assert await patient == b"b"


async def test_whoever_asks_while_the_server_is_silent_waits_no_longer_than_the_first(
    server: RedisServer, together: Together
) -> None:
    await together.ask("ECHO", "here")
    server.pause()
    first = asyncio.create_task(together.ask("ECHO", "first"))
    await until(lambda: asyncio.sleep(0, together.waiting == 0 and not first.done()))
    # when others ask while the first one waits
    others = [asyncio.create_task(together.ask("ECHO", "other")) for _ in range(3)]
    failed = await asyncio.gather(first, *others, return_exceptions=True)
    # then they were told in the same moment, though none of their own questions was sent
    assert all(error is failed[0] for error in failed)
    assert isinstance(failed[0], RedisError | OSError)


async def test_a_server_that_is_gone_fails_everybody_and_one_that_is_back_answers_again(
    server: RedisServer, together: Together
) -> None:
    assert await together.ask("INCR", "n") == 1
    await server.kill()
    # when
    failed = await asyncio.gather(*(together.ask("INCR", "n") for _ in range(3)), return_exceptions=True)
    # then
    assert all(isinstance(error, RedisError | OSError) for error in failed)
    # when
    await server.start()
    # then
    assert await together.ask("INCR", "n") == 1
