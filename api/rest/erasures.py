"""Erase a document's or a person's content for good, and see what was erased."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import model_validator

from api.actors import named
from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep
from api.cursors import Cursors
from api.rest.models import ActorModel, ReceiptModel, Wire, receipt_model
from api.rest.reading import Limit, NeedsPermission
from commands.evidence.erase_document import EraseDocument
from commands.evidence.erase_subject import EraseSubject
from domain.evidence.events import ErasureScope
from domain.ids import DocumentId, MemberId
from projections.erasures import ErasureState, erasure_page
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1/erasures", tags=["audit"])

Auditor = Annotated[Caller, Depends(NeedsPermission(Permission.AUDIT_READ))]


class ErasureToOrder(Wire):
    """One of the two: a document's id, or a member's as `subject_id`."""

    document_id: UUID | None = None
    subject_id: UUID | None = None
    reason: str

    @model_validator(mode="after")
    def _one_target(self) -> "ErasureToOrder":
        if (self.document_id is None) is (self.subject_id is None):
            raise ValueError("give document_id or subject_id")
        return self


class ErasureOrdered(Wire):
    id: UUID
    state: ErasureState
    keys_destroyed: int | None
    payloads_deleted: int | None
    receipt: ReceiptModel


class ErasureModel(Wire):
    """The id is that of what is erased; the counts are null until it is done."""

    id: UUID
    scope: ErasureScope
    state: ErasureState
    reason: str
    requested_by: ActorModel
    requested_at: datetime
    keys_destroyed: int | None
    payloads_deleted: int | None
    finished_at: datetime | None


class ErasureList(Wire):
    items: list[ErasureModel]
    next_cursor: str | None


@router.post("", status_code=202)
async def order_erasure(wanted: ErasureToOrder, context: CommandContextDep, platform: PlatformDep) -> ErasureOrdered:
    """Erase: from now on nobody edits or reads it, within moments its keys are destroyed; there is no way back."""
    command: EraseDocument | EraseSubject
    if wanted.document_id is not None:
        command = EraseDocument(document_id=DocumentId(wanted.document_id), reason=wanted.reason)
    else:
        assert wanted.subject_id is not None
        command = EraseSubject(subject_id=MemberId(wanted.subject_id), reason=wanted.reason)
    receipt = await platform.executor.execute(command, context)
    return ErasureOrdered(
        id=receipt.stream_id,
        state=ErasureState.RUNNING,
        keys_destroyed=None,
        payloads_deleted=None,
        receipt=receipt_model(receipt),
    )


@router.get("")
async def list_erasures(
    caller: Auditor,
    platform: PlatformDep,
    limit: Limit = 20,
    cursor: str | None = None,
) -> ErasureList:
    """List what was erased, newest first."""
    tenant_id = caller.context.tenant_id
    cursors = Cursors(platform.cursor_key, f"{tenant_id}/erasures")
    before = int(cursors.decode(cursor)[0]) if cursor is not None else None
    async with platform.reads.as_app(caller.context) as connection:
        found = await erasure_page(connection, tenant_id, first=limit + 1, before=before)
        actors = await named(connection, tenant_id, [card.requested_by for card in found])
    shown, more = found[:limit], len(found) > limit
    items = [
        ErasureModel(
            id=card.target_id,
            scope=card.scope,
            state=card.state,
            reason=card.reason,
            requested_by=ActorModel.model_validate(actors[card.requested_by]),
            requested_at=card.requested_at,
            keys_destroyed=card.keys_destroyed,
            payloads_deleted=card.payloads_deleted,
            finished_at=card.finished_at,
        )
        for card in shown
    ]
    return ErasureList(items=items, next_cursor=cursors.encode(shown[-1].position) if more else None)
