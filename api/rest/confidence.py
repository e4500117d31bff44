"""What is known of how good answers are."""

from datetime import datetime

from fastapi import APIRouter

from api.authentication import CallerDep, PlatformDep
from api.confidence import confidence_card
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
