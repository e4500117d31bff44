"""Commands of many calls in one trip: what is asked while a trip is under way goes with the next one."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextvars import Context
from hashlib import sha1
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

COMMANDS_MAX: Final = 256
"""In one trip; an answer cannot be given before those of the commands that went with it."""

TRIP_BYTES_MAX: Final = 1024 * 1024
"""With the command that goes beyond it: what is small does not wait for much that is large."""

Word = str | bytes | int
Command = tuple[Word, ...]


class Script:
    """A script by its digest, which is shorter; a server that does not know it is told."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.digest = sha1(text.encode(), usedforsecurity=False).hexdigest()  # as the protocol names scripts


class Together:
    """
    Asks Redis one trip after the other, each with everything that has been asked meanwhile.

    For a lone caller that is a trip as any; with many, what a trip costs is shared.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: deque[tuple[Command, asyncio.Future[Any]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def ask(self, *command: Word) -> Any:
        """Return the answer. Raises RedisError, OSError."""
        return await self._asked(command)

    async def ask_all(self, *commands: Command) -> Sequence[Any]:
        """Return the answers, of commands that go in this order and in one trip, most likely. Raises the same."""
        return await asyncio.gather(*map(self._asked, commands))

    async def run(self, script: Script, keys: Sequence[Word], arguments: Sequence[Word]) -> Any:
        """Return what the script answers. Raises the same."""
        try:
            return await self._asked(("EVALSHA", script.digest, len(keys), *keys, *arguments))
        except NoScriptError:
            return await self._asked(("EVAL", script.text, len(keys), *keys, *arguments))

    @property
    def waiting(self) -> int:
        """How many commands wait for the next trip."""
        return len(self._waiting)

    def _asked(self, command: Command) -> asyncio.Future[Any]:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, answer))
        if self._task is None or self._task.done():
            # In a context of its own: it asks for everybody.
            self._task = asyncio.create_task(self._trips(), context=Context())
        return answer

    def _next_batch(self) -> list[tuple[Command, asyncio.Future[Any]]]:
        """Take what fits; whose asker has gone meanwhile is not asked."""
        batch: list[tuple[Command, asyncio.Future[Any]]] = []
        size = 0
        while self._waiting and len(batch) < COMMANDS_MAX and size < TRIP_BYTES_MAX:
            command, answer = self._waiting.popleft()
            if not answer.done():
                batch.append((command, answer))
                size += sum(len(word) for word in command if not isinstance(word, int))
        return batch

    async def _trips(self) -> None:
        while self._waiting:
            batch = self._next_batch()
            try:
                pipeline = self._redis.pipeline(transaction=False)
                for command, _ in batch:
                    pipeline.execute_command(*command)
                answers: Sequence[Any] = await pipeline.execute(raise_on_error=False)
            except Exception as error:  # noqa: BLE001  # handed to whoever waits for an answer
                # Also to those who have asked meanwhile: each trip to a server that is silent takes seconds.
                batch += self._waiting
                self._waiting.clear()
                answers = [error] * len(batch)
            for (_, waiting), answer in zip(batch, answers, strict=True):
                if waiting.done():
                    continue
                if isinstance(answer, Exception):
                    waiting.set_exception(answer)
                else:
                    waiting.set_result(answer)
