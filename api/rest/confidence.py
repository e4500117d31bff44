"""What is known of how good answers are."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from api.authentication import CallerDep, PlatformDep
from api.confidence import confidence_card, confidence_replay
from api.rest.models import Wire

router = APIRouter(prefix="/api/v1/confidence", tags=["usage"])


class JudgedTaskModel(Wire):
    """
    Answers of one model to one version of one prompt. Between 4 and 2 a rating is neither good nor bad.

    `calibration_error` (ECE) and `separation` (AUROC) are those of answers that nothing was learnt from; null as long
    as nothing was.
    """

    purpose: str
    template: str
    template_version: int
    model: str
    labelled: int
    good: int
    calibration_error: float | None
    separation: float | None
    is_routed: bool
    reason: str


class ConfidenceModel(Wire):
    """As the process that answers routes; others follow within seconds."""

    is_switched_on: bool
    threshold_permille: int
    exploration_permille: int
    labelled_min: int
    tasks: list[JudgedTaskModel]
    as_of: datetime


class IntervalModel(Wire):
    """Between `low` and `high` 95 of 100 repetitions with such calls would lie."""

    value: float
    low: float
    high: float


class ReplayModel(Wire):
    """
    Shares of 1. `saving` is of what the larger model alone would cost; below 0 both answers cost more than that.

    `tried` is the share of calls of which the log could have shown what this threshold chooses; what the rest would
    have come to is expected from others.
    """

    quality: IntervalModel
    quality_small: float
    quality_larger: float
    saving: IntervalModel
    escalated: IntervalModel
    tried: float


class ReplayedTaskModel(Wire):
    """Calls that began with one model and one version of one prompt; `estimate` null says why in `reason`."""

    purpose: str
    template: str
    template_version: int
    model: str
    labelled: int
    larger_labelled: int
    estimate: ReplayModel | None
    reason: str


class ReplayAnswer(Wire):
    threshold_permille: int
    tasks: list[ReplayedTaskModel]


@router.get("/replay")
async def replay_a_threshold(
    caller: CallerDep,
    platform: PlatformDep,
    threshold: Annotated[
        float | None, Query(ge=0, le=1, allow_inf_nan=False, description="From 0 to 1; default: the tenant's.")
    ] = None,
) -> ReplayAnswer:
    """Tell what a threshold would have made of your own rated calls: quality, saving and share asked for again."""
    card = await confidence_replay(platform, caller.context, threshold)
    return ReplayAnswer(
        threshold_permille=card.threshold_permille,
        tasks=[ReplayedTaskModel.model_validate({**asdict(task), **asdict(one)}) for task, one in card.tasks],
    )


@router.get("")
async def get_confidence(caller: CallerDep, platform: PlatformDep) -> ConfidenceModel:
    """Tell how many answers are rated, how well that tells good ones from bad ones, and what routes make of it."""
    card = await confidence_card(platform, caller.context)
    return ConfidenceModel(
        is_switched_on=card.is_switched_on,
        threshold_permille=card.threshold_permille,
        exploration_permille=card.exploration_permille,
        labelled_min=card.labelled_min,
        tasks=[
            JudgedTaskModel(
                purpose=one.task.purpose,
                template=one.task.template,
                template_version=one.task.template_version,
                model=one.task.model,
                labelled=one.learnt.labelled,
                good=one.learnt.good,
                calibration_error=None if one.learnt.calibration is None else one.learnt.calibration.error,
                separation=None if one.learnt.calibration is None else one.learnt.calibration.separation,
                is_routed=one.is_routed,
                reason=one.reason,
            )
            for one in card.tasks
        ],
        as_of=card.as_of,
    )
