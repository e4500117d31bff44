"""Short texts are looked at where they are, long ones in a thread, so that everybody else goes on meanwhile."""

import asyncio
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

HERE_CHARACTERS_MAX: Final = 1_000
"""All that is looked for in so much takes about a millisecond; going to a thread and back takes a tenth of that."""

P = ParamSpec("P")
T = TypeVar("T")


async def computed(characters: int, function: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """Return what the function makes of a text of so many characters."""
    if characters <= HERE_CHARACTERS_MAX:
        return function(*given, **named)
    return await asyncio.to_thread(function, *given, **named)
