"""Answers that were given before to the very same prompt, kept for a while and for one tenant."""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from typing import Protocol

from gateway.calls import AiRequest, Turn
from gateway.passages import Passage
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """The text as it was given, and by whom."""

    text: str
    model: str
    notice: str
    kept_at: float = 0.0
    """In seconds since 1970; what does not tell is old."""


class AnswerCache(Protocol):
    """Losing an answer costs a call; giving one to another tenant is impossible by its key."""

    async def find(self, key: str, context: TenantContext) -> KeptAnswer | None: ...

    async def keep(self, key: str, answer: KeptAnswer, context: TenantContext, *, seconds: int) -> None: ...


def cache_key(
    secret: bytes,
    request: AiRequest,
    turns: tuple[Turn, ...],
    passages: tuple[Passage, ...],
    route: tuple[str, ...],
    output_tokens_max: int,
) -> str:
    """Return a keyed digest of everything that an answer depends on; `turns` are those before this call's fences."""
    described = {
        "purpose": request.purpose,
        "turns": [asdict(turn) for turn in turns],
        "question": request.question,
        "passages": [passage.sha256 for passage in passages],
        "route": route,
        "temperature": request.temperature,
        "stop": request.stop,
        "tools": [asdict(tool) for tool in request.tools],
        "tool_choice": (request.tool_choice, request.tools_at_once),
        "structure": None if request.structure is None else asdict(request.structure),
        "output_tokens_max": output_tokens_max,
    }
    return hmac.new(secret, json.dumps(described, sort_keys=True).encode(), hashlib.sha256).hexdigest()
