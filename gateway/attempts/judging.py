"""An answer that a provider's moderation looks at before or after it is given."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from gateway.calls import Delta, FinishReason
from gateway.prepared import Prepared

if TYPE_CHECKING:
    from gateway.door import Item

WITHHELD: Final = "The policy for AI here does not allow this answer."

Run = Callable[["asyncio.Queue[Item]"], Awaitable[None]]
"""Has models answer, and puts the pieces there."""


async def answered(prepared: Prepared, items: "asyncio.Queue[Item]", run: Run) -> None:
    """Give what models answer; where it may be stopped, in one piece once it was looked at."""
    course = prepared.course
    if prepared.judge_answer is None:
        await run(items)
        return
    into: asyncio.Queue[Item] = asyncio.Queue() if prepared.holds_answer else items
    await run(into)
    if await prepared.judge_answer():
        course.text, course.tool_calls, course.structured = "", [], None
        course.finish_reason, course.notice = FinishReason.BLOCKED, WITHHELD
    elif prepared.holds_answer and course.text:
        items.put_nowait(Delta(course.text))
