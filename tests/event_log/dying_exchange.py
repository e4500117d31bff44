"""Exchanges of the master key that end themselves by SIGKILL after a given statement, each a fork of one process."""

import asyncio
import os
import signal
import sys
from typing import Any

from psycopg import AsyncCursor

from tests.event_log.two_keys import House


def arm(statements: int) -> None:
    """Die once so many statements were answered; what was not committed then never was."""
    execute, answered = AsyncCursor.execute, 0

    async def dying(self: AsyncCursor[Any], *given: Any, **named: Any) -> AsyncCursor[Any]:
        nonlocal answered
        done = await execute(self, *given, **named)
        answered += 1
        if answered >= statements:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    AsyncCursor.execute = dying  # type: ignore[assignment, method-assign]  # this process does nothing else


def main() -> None:
    """Arguments: the main database, the keystore's or nothing. For each number read: how that exchange ended."""
    house = House(main=sys.argv[1], keystore=sys.argv[2] or None)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            arm(int(line))
            asyncio.run(house.exchange())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  # the test reads it


if __name__ == "__main__":
    main()
