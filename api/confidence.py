"""What is known of how good answers are, for every surface: per task and model, and whether routes follow it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.platform import Platform
from commands.execute import PermissionMissing
from gateway.confidence.calibration import LABELLED_MIN
from gateway.confidence.calibrations import Learnt, Task
from tenancy.context import TenantContext
from tenancy.roles import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedTask:
    """`is_routed` tells whether answers are judged before they are given; `reason` says why, in a sentence."""

    task: Task
    learnt: Learnt
    is_routed: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceCard:
    is_switched_on: bool
    threshold_permille: int
    exploration_permille: int
    labelled_min: int
    tasks: Sequence[JudgedTask]
    as_of: datetime


async def confidence_card(platform: Platform, context: TenantContext) -> ConfidenceCard:
    """Return the tenant's state as this process routes by it. Raises PermissionMissing."""
    if Permission.USAGE_READ not in context.permissions:
        raise PermissionMissing(Permission.USAGE_READ)
    policy = await platform.policies.of(context)
    is_on = policy.flag("ai.confidence_routing")
    snapshot = await platform.learning.looked_up(context)
    return ConfidenceCard(
        is_switched_on=is_on,
        threshold_permille=round(1000 * policy.share("ai.confidence_threshold")),
        exploration_permille=policy.whole("ai.confidence_exploration_permille"),
        labelled_min=LABELLED_MIN,
        tasks=[
            JudgedTask(
                task=task,
                learnt=learnt,
                is_routed=is_on and learnt.calibration is not None,
                reason=_reason(learnt, is_on=is_on),
            )
            for task, learnt in sorted(snapshot.tasks.items(), key=lambda item: item[0])
        ],
        as_of=snapshot.made_at,
    )


def _reason(learnt: Learnt, *, is_on: bool) -> str:
    if not is_on:
        return "Routing by confidence is switched off."
    if learnt.calibration is not None:
        return "Answers are judged before they are given."
    if learnt.labelled < LABELLED_MIN:
        return f"The route is static: {learnt.labelled} of {LABELLED_MIN} answers that it takes are rated."
    return "The route is static: nearly all answers were rated alike, so nothing tells them apart."
