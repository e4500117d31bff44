"""What is known of how good answers are, for every surface: per task and model, and whether routes follow it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from api.platform import Platform
from commands.execute import PermissionMissing
from domain.errors import Invalid
from gateway.confidence.calibration import LABELLED_MIN
from gateway.confidence.calibrations import Learnt, Task
from gateway.confidence.replaying import Replayed
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayCard:
    """Of the newest rated calls of the tenant; by task, those with most rated answers first."""

    threshold_permille: int
    tasks: Sequence[tuple[Task, Replayed]]


class ThresholdRefused(Invalid):
    """A threshold is a probability, from 0 to 1."""

    code: ClassVar = "confidence.threshold_refused"

    def __init__(self) -> None:
        super().__init__("A threshold is from 0 to 1, as in 0.7.")


async def confidence_replay(platform: Platform, context: TenantContext, threshold: float | None) -> ReplayCard:
    """
    Return what a threshold would have made of the tenant's own calls; without one, the tenant's.

    Raises PermissionMissing, ThresholdRefused.
    """
    if Permission.USAGE_READ not in context.permissions:
        raise PermissionMissing(Permission.USAGE_READ)
    wanted = (await platform.policies.of(context)).share("ai.confidence_threshold") if threshold is None else threshold
    if not 0 <= wanted <= 1:
        raise ThresholdRefused
    found = await platform.learning.replayed(context, wanted)
    return ReplayCard(
        threshold_permille=round(1000 * wanted),
        tasks=sorted(found.items(), key=lambda item: (-item[1].labelled, item[0])),
    )


def _reason(learnt: Learnt, *, is_on: bool) -> str:
    if not is_on:
        return "Routing by confidence is switched off."
    if learnt.calibration is not None:
        return "Answers are judged before they are given."
    if learnt.labelled < LABELLED_MIN:
        return f"The route is static: {learnt.labelled} of {LABELLED_MIN} answers that it takes are rated."
    return "The route is static: nearly all answers were rated alike, so nothing tells them apart."
