"""How often models were right on test sets."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep
from api.cursors import Cursors
from api.evaluations import Evaluated, evaluation_page
from api.rest.models import ReceiptModel, Wire, receipt_model
from api.rest.reading import Limit, NeedsPermission
from commands.ai.record_evaluation import RecordEvaluation
from domain.ai.evaluations import EXAMPLES_MAX, NAME_CHARACTERS_MAX, VERSION_MAX
from domain.ids import EvaluationId
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1/ai-evaluations", tags=["usage"])

UsageReader = Annotated[Caller, Depends(NeedsPermission(Permission.USAGE_READ))]
_Name = Annotated[str, Field(max_length=NAME_CHARACTERS_MAX)]


class EvaluationToRecord(Wire):
    """A run of a test set: counts only, no example and no answer."""

    purpose: Annotated[_Name, Field(description="What the answers were for, as chat.")]
    model: Annotated[_Name, Field(description="As provider/model.")]
    examples: Annotated[int, Field(strict=True, ge=1, le=EXAMPLES_MAX)]
    right: Annotated[int, Field(strict=True, ge=0, le=EXAMPLES_MAX, description="How many answers were right.")]
    test_set: Annotated[_Name, Field(min_length=1, description="By whatever name you know it.")]
    template: Annotated[_Name, Field(description="By name; empty is the one of the purpose.")] = ""
    template_version: Annotated[int, Field(strict=True, ge=0, le=VERSION_MAX)] = 0


class EvaluationRecorded(Wire):
    id: UUID
    accuracy: float
    receipt: ReceiptModel


class EvaluationModel(Wire):
    id: UUID
    at: datetime
    purpose: str
    model: str
    template: str
    template_version: int
    test_set: str
    examples: int
    right: int
    accuracy: float
    member_id: UUID | None
    member_name: str | None


class EvaluationPage(Wire):
    items: list[EvaluationModel]
    next_cursor: str | None


@router.post("", status_code=201)
async def record_evaluation(
    body: EvaluationToRecord, context: CommandContextDep, platform: PlatformDep
) -> EvaluationRecorded:
    """
    Keep how often a model was right on a test set that you ran.

    The newest run of each model with each template makes the `accuracy` of `/api/v1/kpis`.
    """
    command = RecordEvaluation(
        evaluation_id=EvaluationId(platform.new_id()),
        purpose=body.purpose,
        model=body.model,
        examples=body.examples,
        right=body.right,
        test_set=body.test_set,
        template=body.template,
        template_version=body.template_version,
    )
    receipt = await platform.executor.execute(command, context)
    # A repeated request answers the run of the first one: the receipt's stream is its id.
    return EvaluationRecorded(id=receipt.stream_id, accuracy=body.right / body.examples, receipt=receipt_model(receipt))


@router.get("")
async def list_evaluations(
    caller: UsageReader, platform: PlatformDep, limit: Limit = 50, cursor: str | None = None
) -> EvaluationPage:
    """List runs of test sets, the newest first."""
    cursors = Cursors(platform.cursor_key, f"{caller.context.tenant_id}/ai-evaluations")
    before = None if cursor is None else int(cursors.decode(cursor)[0])
    found = await evaluation_page(platform, caller.context, first=limit + 1, before_position=before)
    kept = found[:limit]
    more = cursors.encode(kept[-1].card.position) if len(found) > limit else None
    return EvaluationPage(items=[EvaluationModel.model_validate(_shown(one)) for one in kept], next_cursor=more)


def _shown(one: Evaluated) -> dict[str, Any]:
    card = one.card
    return {
        "id": card.evaluation_id,
        "at": card.at,
        "purpose": card.purpose,
        "model": card.model,
        "template": card.template,
        "template_version": card.template_version,
        "test_set": card.test_set,
        "examples": card.examples,
        "right": card.right_answers,
        "accuracy": card.accuracy,
        "member_id": card.evaluated_by,
        "member_name": one.member_name,
    }
