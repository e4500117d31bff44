"""Whether the conversation holds together, and which form its answer must have."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gateway.calls import Speaker, Turn
from gateway.forms import form_of
from gateway.prepared import Prepared
from gateway.refusals import PromptRefused

if TYPE_CHECKING:
    from gateway.door import Parts


async def formed(prepared: Prepared, parts: "Parts") -> None:
    """Make what checks the answer. Raises SchemaRefused, PromptRefused, before anything is looked up or paid."""
    del parts
    request = prepared.course.request
    refuse_loose_tools(request.turns)
    if request.tools or request.structure is not None:
        prepared.form = await asyncio.to_thread(form_of, request)


def refuse_loose_tools(turns: Sequence[Turn]) -> None:
    """Raise PromptRefused unless each tool call is answered at once, and each answer is one to a call."""
    waiting: set[str] = set()
    for turn in turns:
        if turn.speaker is Speaker.TOOL:
            if turn.tool_call_id not in waiting:
                raise PromptRefused("What a tool answers has to follow the message that asked for it, once.")
            waiting.discard(turn.tool_call_id)
            continue
        if waiting:
            break
        waiting = {call.id for call in turn.tool_calls}
    if waiting:
        raise PromptRefused("Each tool call has to be answered before anybody else speaks.")
