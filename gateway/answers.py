"""Answers that were given before to the very same prompt, kept for a while and for one tenant."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Protocol
from uuid import UUID

from gateway.calls import AiRequest, Turn
from gateway.passages import Passage
from tenancy.context import TenantContext
from tenancy.policies import Policy

SHAPING: Final = (
    "ai.enabled",
    "ai.sources",
    "ai.pii_masking",
    "ai.pii_names",
    "ai.pii_patterns",
    "ai.injection_checks",
    "ai.injection_prompt",
    "ai.injection_sources",
    "ai.moderation",
    "ai.blocklist",
    "ai.moderation_prompt",
    "ai.moderation_answer",
    "ai.moderation_models",
    "ai.moderation_models_answers",
    "ai.moderation_models_failed",
)
"""The settings under which an answer is what it is: after a change of one nothing from before it is given again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """The text as it was given, and by whom."""

    text: str
    model: str
    notice: str
    kept_at: float = 0.0
    """In seconds since 1970; what does not tell is old."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer is kept: `age` is that of the store when it was looked for, before any model was asked."""

    key: str
    age: bytes | None

    @property
    def found(self) -> bool:
        """Tell whether the store answered: where it did not, nothing is kept either."""
        return self.age is not None


NOWHERE: Final = Place("", None)


class AnswerCache(Protocol):
    """
    Losing an answer costs a call; giving one to another tenant is impossible by its key.

    An erasure begins a new age, in which no answer of an earlier one is found, nor one that was begun in it.
    """

    async def find(self, key: str, context: TenantContext) -> tuple[Place, KeptAnswer | None]: ...

    async def keep(self, place: Place, answer: KeptAnswer, context: TenantContext, *, seconds: int) -> None: ...


def cache_key(
    secret: bytes,
    request: AiRequest,
    turns: Sequence[Turn],
    masked_turns: Sequence[Turn],
    passages: Sequence[Passage],
    *,
    route: Sequence[str],
    output_tokens_max: int,
    template: tuple[str, int],
    policy: Policy,
    only_for: UUID | None,
) -> str:
    """
    Return a keyed digest of everything that an answer depends on; `turns` are those before this call's fences.

    Both forms of the turns count: two addresses look alike once they are masked, and a new pattern masks more.
    """
    described = {
        "only_for": str(only_for or ""),
        "policy": [(key, policy.values[key]) for key in SHAPING],
        # Who switched AI off and on again wants nothing from before.
        "switched": policy.versions["ai.enabled"],
        "purpose": request.purpose,
        "template": template,
        "variables": request.variables,
        "turns": [asdict(turn) for turn in turns],
        "masked": [turn.text for turn in masked_turns],
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
