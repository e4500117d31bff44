"""Starts `trial.py` for one update and says what came of it: the adapter behind `commands.bodies.Trial`."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Final

from commands.bodies import BodyUnreadable, TrialFailed
from infra.body import trial

SECONDS_MAX: Final = 0.5
"""Of processor time: as long will everybody in the process that serves the document wait."""


class ProcessTrial:
    def __init__(self, *, seconds_max: float = SECONDS_MAX) -> None:
        self._seconds_max = seconds_max

    async def seconds(self, state: bytes, update: bytes) -> float | None:
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",  # what stands beside the script is not what it imports
                str(Path(trial.__file__)),
                str(self._seconds_max),
                str(len(state)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise TrialFailed from error
        try:
            told, _ = await process.communicate(state + update)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        match process.returncode:
            case 0:
                return float(told)
            case trial.REFUSED:
                raise BodyUnreadable("The CRDT refused: on trial.")
            case code if code == -signal.SIGPROF:
                return None
            case _:
                raise TrialFailed
