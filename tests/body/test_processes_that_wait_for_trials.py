"""One process waits for the next trial; whatever befalls it is no judgement, and it leaves nothing behind."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from commands.bodies import BodyUnreadable, TrialFailed
from infra.body.process_trial import ProcessTrial
from tests.body.test_updates_on_trial import A_LETTER, BIG_TEXT, FAR_APART, IN_A_LETTER, LETTERS, TEXT
from tests.domain.yjs_bytes import between, client, update
from tests.support.waiting import until

FOR_A_LONG_TIME = update(client(9, 0, *(between(4, None, (5, at % LETTERS), b"\1y") for at in range(20_000))))

A_SERVER = """
import asyncio, os, signal, sys
from app.event_loop import fast_loop
from commands.bodies import TrialFailed
from infra.body.process_trial import ProcessTrial
from tests.body.test_processes_that_wait_for_trials import FOR_A_LONG_TIME
from tests.body.test_updates_on_trial import A_LETTER, BIG_TEXT, TEXT

async def ask():
    trial = ProcessTrial(seconds_max=60)
    await trial.seconds(TEXT, A_LETTER)
    pid = trial._waiting[0].pid
    print(pid, flush=True)
    match sys.argv[1]:
        case "asking":
            await trial.seconds(TEXT, FOR_A_LONG_TIME)
        case "bereft":
            os.kill(pid, signal.SIGKILL)
            try:
                await trial.seconds(BIG_TEXT, A_LETTER)
            except TrialFailed:
                await trial.seconds(BIG_TEXT, A_LETTER)
            await trial.close()
        case "idle":
            await asyncio.Event().wait()

with asyncio.Runner(loop_factory=fast_loop) as runner:
    runner.run(ask())
"""
"""What a server does, on the loop that it runs on."""


@pytest.fixture
async def trial() -> AsyncIterator[ProcessTrial]:
    """With one process that waits; what is tried may take long."""
    trial = ProcessTrial(seconds_max=60.0)
    await trial.seconds(TEXT, A_LETTER)
    yield trial
    await trial.close()


def waiting(trial: ProcessTrial) -> list[psutil.Process]:
    return [psutil.Process(process.pid) for process in trial._waiting]


async def its_child(process: psutil.Process) -> psutil.Process:
    async def children() -> list[psutil.Process]:
        return list(process.children())

    (child,) = await until(children)
    return child


async def until_gone(*processes: psutil.Process) -> None:
    async def left() -> list[psutil.Process]:
        return [process for process in processes if process.is_running()]

    await until(left, lambda processes: not processes)


async def test_one_process_makes_one_trial_after_the_other_and_leaves_no_zombie(trial: ProcessTrial) -> None:
    (process,) = waiting(trial)

    trial._seconds_max = 0.05
    assert await trial.seconds(TEXT, FAR_APART) is None
    with pytest.raises(BodyUnreadable):
        await trial.seconds(TEXT, IN_A_LETTER)
    trial._seconds_max = 10.0
    assert await trial.seconds(BIG_TEXT, A_LETTER) is not None

    assert waiting(trial) == [process]
    assert (process.children(), process.num_threads()) == ([], 1)


async def test_two_trials_are_made_at_once(trial: ProcessTrial) -> None:
    (process,) = waiting(trial)
    long = asyncio.create_task(trial.seconds(TEXT, FOR_A_LONG_TIME))
    child = await its_child(process)

    assert await trial.seconds(TEXT, A_LETTER) is not None

    assert child.is_running()
    long.cancel()
    await asyncio.wait([long])
    assert await trial.seconds(TEXT, A_LETTER) is not None


async def test_a_process_that_was_killed_while_it_waited_is_started_again(trial: ProcessTrial) -> None:
    (process,) = waiting(trial)
    process.kill()
    await trial._waiting[0].wait()

    assert await trial.seconds(TEXT, A_LETTER) is not None
    assert waiting(trial) != [process]


@pytest.mark.parametrize("signalled", [signal.SIGKILL, signal.SIGTERM, signal.SIGXCPU])
async def test_a_killed_trial_is_no_judgement_and_the_next_is_made(
    trial: ProcessTrial, signalled: signal.Signals
) -> None:
    (process,) = waiting(trial)
    asked = asyncio.create_task(trial.seconds(TEXT, FOR_A_LONG_TIME))
    child = await its_child(process)

    child.send_signal(signalled)

    with pytest.raises(TrialFailed):
        await asked
    await until_gone(process, child)
    assert await trial.seconds(TEXT, A_LETTER) is not None


async def test_a_trial_whose_process_is_killed_is_no_judgement(trial: ProcessTrial) -> None:
    trial._seconds_max = 1.0
    (process,) = waiting(trial)
    asked = asyncio.create_task(trial.seconds(TEXT, FOR_A_LONG_TIME))
    child = await its_child(process)

    process.kill()

    with pytest.raises(TrialFailed):
        await asked
    await until_gone(process, child)
    assert await trial.seconds(TEXT, A_LETTER) is not None


@pytest.mark.parametrize("state", [TEXT, BIG_TEXT], ids=["small", "large"])
async def test_a_process_that_stands_still_fails_its_trial_in_time(trial: ProcessTrial, state: bytes) -> None:
    trial._answer_seconds_max = 0.2
    (process,) = waiting(trial)
    process.suspend()

    with pytest.raises(TrialFailed):
        await trial.seconds(state, A_LETTER)

    await until_gone(process)


async def test_a_trial_that_stands_still_fails_in_time(trial: ProcessTrial) -> None:
    (process,) = waiting(trial)
    trial._answer_seconds_max = 2.0
    asked = asyncio.create_task(trial.seconds(TEXT, FOR_A_LONG_TIME))
    child = await its_child(process)
    child.suspend()

    with pytest.raises(TrialFailed):
        await asked

    await until_gone(process, child)


async def test_who_leaves_in_the_middle_of_a_trial_ends_it(trial: ProcessTrial) -> None:
    (process,) = waiting(trial)
    asked = asyncio.create_task(trial.seconds(TEXT, FOR_A_LONG_TIME))
    child = await its_child(process)

    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked

    await until_gone(process, child)
    assert await trial.seconds(TEXT, A_LETTER) is not None


async def test_who_leaves_before_all_is_sent_harms_no_later_trial(trial: ProcessTrial) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(0):
            await trial.seconds(BIG_TEXT, A_LETTER)

    assert await trial.seconds(TEXT, A_LETTER) is not None


async def server_that(does: str) -> tuple[Process, int]:
    """A process that does so, and which one waits for its trials."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", A_SERVER, does, stdout=PIPE, cwd=Path(__file__).parents[2]
    )  # fmt: skip
    assert server.stdout is not None
    return server, int(await server.stdout.readline())


@pytest.mark.parametrize("does", ["asking", "idle"])
async def test_nothing_outlives_a_killed_server(does: str) -> None:
    server, pid = await server_that(does)
    process = psutil.Process(pid)
    left = [process, await its_child(process)] if does == "asking" else [process]

    server.kill()
    await server.wait()

    await until_gone(*left)


async def test_a_server_loses_one_trial_at_most_with_its_process() -> None:
    server, _ = await server_that("bereft")

    assert await server.wait() == 0


async def test_nothing_outlives_a_server_that_stops(trial: ProcessTrial) -> None:
    (process,) = waiting(trial)
    asked = asyncio.create_task(trial.seconds(TEXT, A_LETTER))

    await asyncio.gather(trial.close(), asked)
    await trial.seconds(TEXT, A_LETTER)

    assert waiting(trial) == []
    await until_gone(process)
