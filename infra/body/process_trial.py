"""Keeps processes of `trial.py` that wait, asks one for each update: the adapter behind `commands.bodies.Trial`."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Final

from commands.bodies import BodyUnreadable, TrialFailed
from infra.body import trial

SECONDS_MAX: Final = 0.5
"""Of processor time: as long will everybody in the process that serves the document wait."""
ANSWER_SECONDS_MAX: Final = 90.0
"""By the clock on the wall, so more than all processor time: nobody waits for ever for a process that stands still."""
ENDING_SECONDS_MAX: Final = 2.0

_DONE, _REFUSED, _TOO_LONG = (b"%d" % code for code in (0, trial.REFUSED, -signal.SIGPROF))


class ProcessTrial:
    """As many processes wait as trials were ever made at once; each is started by the first that finds none."""

    def __init__(self, *, seconds_max: float = SECONDS_MAX, answer_seconds_max: float = ANSWER_SECONDS_MAX) -> None:
        self._seconds_max = seconds_max
        self._answer_seconds_max = answer_seconds_max
        self._waiting: list[Process] = []
        self._is_closed = False

    async def seconds(self, state: bytes, update: bytes) -> float | None:
        try:
            async with asyncio.timeout(self._answer_seconds_max):
                told = await self._told(state, update)
        except (OSError, RuntimeError) as error:  # the latter is uvloop's word for a pipe that is closed
            raise TrialFailed from error
        match told:
            case [seconds, code] if code == _DONE:
                return float(seconds)
            case [code] if code == _TOO_LONG:
                return None
            case [code] if code == _REFUSED:
                raise BodyUnreadable("The CRDT refused: on trial.")
            case _:
                raise TrialFailed

    async def close(self) -> None:
        """End what waits, and from now on each process with its trial."""
        self._is_closed = True
        while self._waiting:
            await _end(self._waiting.pop())

    async def _told(self, state: bytes, update: bytes) -> list[bytes]:
        process = self._next() or await _started()
        told: list[bytes] = []
        try:
            told = await _asked(process, trial.QUESTION.pack(self._seconds_max, len(state), len(update)), state, update)
        finally:
            if told[-1:] in ([_DONE], [_REFUSED], [_TOO_LONG]) and not self._is_closed:
                self._waiting.append(process)
            else:
                # What it has not read of this question it would take for the next one.
                await _end(process)
        return told

    def _next(self) -> Process | None:
        while self._waiting:
            process = self._waiting.pop()
            if process.returncode is None:
                return process
        return None


async def _started() -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # what stands beside the script is not what it imports
        str(Path(trial.__file__)),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        start_new_session=True,
    )


async def _asked(process: Process, *question: bytes) -> list[bytes]:
    assert process.stdin is not None
    assert process.stdout is not None
    for part in question:
        process.stdin.write(part)
    # Nothing is answered before all is read, and an end is told as well: to wait for the answer is enough.
    return (await process.stdout.readline()).split()


async def _end(process: Process) -> None:
    """Hang up, which ends it and its child, unless it stands still."""
    assert process.stdin is not None
    if not process.stdin.is_closing():
        process.stdin.transport.abort()
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDING_SECONDS_MAX):
                await process.wait()
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
