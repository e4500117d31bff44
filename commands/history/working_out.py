"""Where the past is worked out: in few threads of its own, since rooms open and bodies merge in the others."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from commands.event_log import CommandContext, Receipt
from commands.execute import Ports
from commands.turns import AT_ONCE_MAX

P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C")
Handle = Callable[[C, CommandContext, Ports], Awaitable[Receipt]]

_threads: Final = ThreadPoolExecutor(AT_ONCE_MAX, thread_name_prefix="history")


def in_turn(handle: Handle[C]) -> Handle[C]:
    """Return the handler that waits for its tenant's turn: nobody fills the threads with what others wait for."""

    @wraps(handle)
    async def handle_in_turn(command: C, context: CommandContext, ports: Ports) -> Receipt:
        async with ports.ways_back.turn(context.tenant.tenant_id):
            return await handle(command, context, ports)

    return handle_in_turn


async def worked_out(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call it in one of the threads. Whoever does has a turn, so that it is free."""
    return await asyncio.get_running_loop().run_in_executor(_threads, lambda: function(*args, **kwargs))
