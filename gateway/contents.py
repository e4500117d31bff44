"""What was said in a call, masked, for whoever looks into it: only where a tenant wants it, and not for long."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from domain.ids import CallId
from gateway.answers import AnswerCache, KeptAnswer, Place
from gateway.calls import Turn
from tenancy.context import TenantContext

TEXT_CHARACTERS_MAX: Final = 50_000
"""Of all turns together; what comes after is not kept."""


class SaidTurn(msgspec.Struct, frozen=True):
    """One speaker's words as they may be shown: personal data is placeholders."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class CallContent:
    """What the model was told, its answer last; `kept_at` in seconds since 1970."""

    turns: Sequence[SaidTurn]
    kept_at: float


class CallContents:
    """
    Kept as answers are: sealed for their tenant, gone after their time, and never found again after an erasure.

    A prompt holds passages of documents, and an answer repeats them. Whatever is erased, nothing from before is shown.
    """

    def __init__(self, kept: AnswerCache) -> None:
        self._kept = kept

    async def begin(self, call_id: CallId, context: TenantContext) -> Place:
        """Return where the call's content belongs; before anything is read that may be erased meanwhile."""
        place, _ = await self._kept.find(_key(call_id), context)
        return place

    async def keep(
        self, place: Place, turns: Sequence[Turn], context: TenantContext, *, kept_at: float, seconds: int
    ) -> None:
        """Keep masked turns for so long."""
        text = msgspec.json.encode(_said(turns)).decode()
        kept = KeptAnswer(text=text, model="", notice="", kept_at=kept_at)
        await self._kept.keep(place, kept, context, seconds=seconds)

    async def of(self, call_id: CallId, context: TenantContext) -> CallContent | None:
        """Return what is kept of a call of this tenant."""
        _, kept = await self._kept.find(_key(call_id), context)
        if kept is None:
            return None
        return CallContent(msgspec.json.decode(kept.text, type=list[SaidTurn]), kept.kept_at)


def _said(turns: Sequence[Turn]) -> list[SaidTurn]:
    said, left = [], TEXT_CHARACTERS_MAX
    for turn in turns:
        asked = [f"{call.name}({call.arguments})" for call in turn.tool_calls]
        text = "\n".join(filter(None, (turn.text, *asked)))[:left]
        left -= len(text)
        said.append(SaidTurn(str(turn.speaker), text))
    return said


def _key(call_id: CallId) -> str:
    return f"said-{call_id}"
