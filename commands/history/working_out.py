"""Where the past is worked out: in few threads of its own, since rooms open and bodies merge in the others."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

THREADS: Final = 2

P = ParamSpec("P")
T = TypeVar("T")

_threads: Final = ThreadPoolExecutor(THREADS, thread_name_prefix="history")


async def worked_out(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call it in one of the threads, when its turn comes."""
    return await asyncio.get_running_loop().run_in_executor(_threads, lambda: function(*args, **kwargs))
