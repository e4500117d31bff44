"""The audit log and its proofs: entries under a filter, signed checkpoints, inclusion, consistency."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from api.audit import FILTER_CHARACTERS_MAX, AuditEntry, accepted_actor, audit_page
from api.authentication import Caller, PlatformDep
from api.cursors import Cursors
from api.platform import Platform
from api.rest.models import ActorModel, Wire
from api.rest.reading import POSITION_MAX, Limit, NeedsPermission
from domain.document.decisions import NoSuchDocument
from domain.evidence.entries import ActionClass, AuditFilter, Outcome
from domain.ids import DocumentId, document_stream
from projections.evidence import SignedCheckpoint
from tenancy.context import TenantContext
from tenancy.document_rights import Access
from tenancy.roles import Permission

router = APIRouter(prefix="/api/v1", tags=["audit"])

AuditReader = Annotated[Caller, Depends(NeedsPermission(Permission.AUDIT_READ))]
_Text = Query(max_length=FILTER_CHARACTERS_MAX, pattern=r"^[^\x00]*$")


class SubjectModel(Wire):
    kind: str
    id: UUID


class AuditEntryModel(Wire):
    """
    Who did what to what, and when. `facts` hold ids, numbers and words of the platform, never a text of somebody's.

    `subject` is null when only erased content would say, and for a document that is not shared with whoever asks.
    """

    position: int
    at: datetime
    actor: ActorModel
    action: str
    category: ActionClass
    subject: SubjectModel | None
    outcome: Outcome
    facts: dict[str, Any]
    event_id: UUID
    leaf_hash: str


class AuditEntryPage(Wire):
    items: list[AuditEntryModel]
    next_cursor: str | None


class CheckpointModel(Wire):
    """The log's size and root, signed; `note` and `public_key` are in the formats of C2SP."""

    origin: str
    size: int
    root: str
    note: str
    signed_at: datetime
    public_key: str


class InclusionModel(Wire):
    """The hashes beside the way from the leaf to the root, lowest first."""

    position: int
    leaf_hash: str
    path: list[str]
    checkpoint: CheckpointModel


class ConsistencyModel(Wire):
    """RFC 9162, section 2.1.4: the hashes that make both roots."""

    from_size: int
    to_size: int
    path: list[str]


def audit_conditions(
    start: Annotated[AwareDatetime | None, Query(alias="from", description="Recorded at this time or later.")] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to", description="Recorded before this time.")] = None,
    actor: Annotated[str, _Text] = "",
    action: Annotated[str, _Text] = "",
    text: Annotated[str, _Text] = "",
) -> AuditFilter:
    """`action` begins an action's name, `text` is anywhere in it; actors are `member:<id>` or the id alone."""
    return AuditFilter(start=start, end=end, actor=accepted_actor(actor), action=action, text=text.lower())


_Conditions = Annotated[AuditFilter, Depends(audit_conditions)]
_Order = Annotated[Literal["desc", "asc"], Query(description="Newest or oldest first.")]


def audit_filter(
    conditions: _Conditions,
    subject: Annotated[UUID | None, Query(description="Id of the document, member, ... that it is about.")] = None,
) -> AuditFilter:
    """Return the conditions, with what the entries are about."""
    return replace(conditions, subject_id=subject)


@router.get("/audit/entries")
async def list_entries(
    caller: AuditReader,
    platform: PlatformDep,
    wanted: Annotated[AuditFilter, Depends(audit_filter)],
    order: _Order = "desc",
    limit: Limit = 50,
    cursor: str | None = None,
) -> AuditEntryPage:
    """List what happened in the tenant, newest first; every event is an entry."""
    return await _page(platform, caller.context, wanted, order, limit, cursor)


@router.get("/documents/{document_id}/audit")
async def list_document_entries(
    document_id: UUID,
    caller: AuditReader,
    platform: PlatformDep,
    conditions: _Conditions,
    order: _Order = "desc",
    limit: Limit = 50,
    cursor: str | None = None,
) -> AuditEntryPage:
    """List what was done to a document and with it, newest first, also when its content is erased."""
    wanted, context = DocumentId(document_id), caller.context
    await platform.document_rights.require(wanted, context, Access.READ)
    past = await platform.log.load(document_stream(wanted), context)
    # An id of something else has a stream, too; names stay readable when the content is not.
    if not past or not past[0].name.startswith("document."):
        raise NoSuchDocument(wanted)
    return await _page(platform, context, replace(conditions, subject_id=wanted), order, limit, cursor)


async def _page(
    platform: Platform, context: TenantContext, wanted: AuditFilter, order: str, limit: int, cursor: str | None
) -> AuditEntryPage:
    about = "" if wanted.subject_id is None else f"/{wanted.subject_id}"
    cursors = Cursors(platform.cursor_key, f"{context.tenant_id}/audit/{order}{about}")
    beyond = int(cursors.decode(cursor)[0]) if cursor is not None else None
    found = await audit_page(platform, context, wanted, first=limit + 1, beyond=beyond, oldest_first=order == "asc")
    shown, more = found[:limit], len(found) > limit
    return AuditEntryPage(
        items=[_entry(entry) for entry in shown],
        next_cursor=cursors.encode(shown[-1].position) if more else None,
    )


@router.get("/audit/checkpoint")
async def get_checkpoint(caller: AuditReader, platform: PlatformDep) -> CheckpointModel:
    """Return the newest signed checkpoint of the tenant's log; keep it: it binds all that was recorded before."""
    return checkpoint_model(await platform.proofs.checkpoint(caller.context))


@router.get("/audit/proof/inclusion")
async def prove_inclusion(
    caller: AuditReader,
    platform: PlatformDep,
    position: Annotated[int, Query(ge=1, le=POSITION_MAX, description="Of the event, from 1.")],
    size: Annotated[int | None, Query(ge=1, le=POSITION_MAX, description="Of a checkpoint; the newest.")] = None,
) -> InclusionModel:
    """Prove that an event is in the log that a checkpoint signs."""
    proof = await platform.proofs.inclusion(caller.context, position, size)
    return InclusionModel(
        position=position,
        leaf_hash=proof.leaf_hash.hex(),
        path=[node.hex() for node in proof.path],
        checkpoint=checkpoint_model(proof.checkpoint),
    )


@router.get("/audit/proof/consistency")
async def prove_consistency(
    caller: AuditReader,
    platform: PlatformDep,
    old: Annotated[int, Query(alias="from", ge=1, le=POSITION_MAX, description="Size of the older checkpoint.")],
    new: Annotated[int, Query(alias="to", ge=1, le=POSITION_MAX, description="Size of the newer checkpoint.")],
) -> ConsistencyModel:
    """Prove that the log only grew between two sizes."""
    path = await platform.proofs.consistency(caller.context, old, new)
    return ConsistencyModel(from_size=old, to_size=new, path=[node.hex() for node in path])


def checkpoint_model(checkpoint: SignedCheckpoint) -> CheckpointModel:
    return CheckpointModel(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        note=checkpoint.note,
        signed_at=checkpoint.signed_at,
        public_key=checkpoint.public_key,
    )


def _entry(entry: AuditEntry) -> AuditEntryModel:
    return AuditEntryModel(
        position=entry.position,
        at=entry.at,
        actor=ActorModel.model_validate(entry.actor),
        action=entry.action,
        category=entry.category,
        subject=SubjectModel(kind=entry.subject.kind, id=entry.subject.id) if entry.subject else None,
        outcome=entry.outcome,
        facts=entry.facts,
        event_id=entry.event_id,
        leaf_hash=entry.leaf_hash.hex(),
    )
