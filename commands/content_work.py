"""Where contents are read, written and compared: in few threads of their own, for in the others rooms open."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar, Final, ParamSpec, TypeVar

from commands.turns import Turns
from domain.errors import LimitReached
from domain.ids import TenantId

THREADS: Final = 4
AT_ONCE_PER_TENANT_MAX: Final = 2
WAITING_PER_TENANT_MAX: Final = 64
RETRY_AFTER_SECONDS: Final = 2

P = ParamSpec("P")
T = TypeVar("T")


class TooMuchContentWork(LimitReached):
    """So much content of this tenant waits to be read, written or compared that no more is taken; try again later."""

    code: ClassVar = "content.too_much_at_once"

    def __init__(self) -> None:
        super().__init__("Too much content is being worked on right now.")

    def facts(self) -> dict[str, object]:
        return {"retry_after_seconds": RETRY_AFTER_SECONDS}


_threads: Final = ThreadPoolExecutor(THREADS, thread_name_prefix="content")
# How many there are at once in all, the threads say.
_turns: Final = Turns(
    TooMuchContentWork,
    at_once_max=None,
    at_once_per_tenant_max=AT_ONCE_PER_TENANT_MAX,
    waiting_per_tenant_max=WAITING_PER_TENANT_MAX,
    wait_seconds_max=None,
)


async def content_work(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call it in one of the threads, when its turn comes; what may be refused to its tenant calls `content_work_of`."""
    return await asyncio.get_running_loop().run_in_executor(_threads, lambda: function(*args, **kwargs))


async def content_work_of(tenant_id: TenantId, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call it in one of the threads, when the tenant's turn comes. Raises TooMuchContentWork."""
    async with _turns.turn(tenant_id):
        return await content_work(function, *args, **kwargs)
