"""API keys: which there are, making one, ending one."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, Field

from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep
from api.rest.models import ReceiptModel, Wire, receipt_model
from api.rest.reading import NeedsPermission
from commands.directory.issue_api_key import IssueApiKey
from commands.directory.revoke_api_key import RevokeApiKey
from domain.directory.decisions import DetailsRefused
from domain.ids import ApiKeyId, MemberId
from projections import directory
from tenancy.roles import Permission
from tenancy.secrets import KEY_PREFIX, new_secret

router = APIRouter(prefix="/api/v1/keys", tags=["tenant"])

KeyKeeper = Annotated[Caller, Depends(NeedsPermission(Permission.KEY_WRITE))]


class KeyModel(Wire):
    """A key without the key itself, which nobody can show again; no scopes is all that the member may do."""

    id: UUID
    member_id: UUID
    label: str
    scopes: list[str]
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class KeyList(Wire):
    items: list[KeyModel]
    next_cursor: None = None


class KeyToIssue(Wire):
    """Without `member_id` the key is the caller's own."""

    label: str
    member_id: UUID | None = None
    scopes: Annotated[tuple[Permission, ...], Field(max_length=len(Permission))] = ()
    expires_at: AwareDatetime | None = None


class KeyIssued(Wire):
    """`api_key` is shown once: a repeated request answers null."""

    id: UUID
    api_key: str | None
    receipt: ReceiptModel


class KeyRevoked(Wire):
    receipt: ReceiptModel


@router.get("")
async def list_keys(caller: KeyKeeper, platform: PlatformDep) -> KeyList:
    """List the tenant's keys, also those that have ended, by when they were issued."""
    async with platform.reads.as_app(caller.context) as connection:
        found = await directory.all_api_keys(connection, caller.context.tenant_id)
    return KeyList(
        items=[
            KeyModel(
                id=key.key_id,
                member_id=key.member_id,
                label=key.label,
                scopes=key.scopes,
                issued_at=key.issued_at,
                expires_at=key.expires_at,
                revoked_at=key.revoked_at,
            )
            for key in found
        ]
    )


@router.post("", status_code=201)
async def issue_key(
    wanted: KeyToIssue, caller: KeyKeeper, context: CommandContextDep, platform: PlatformDep
) -> KeyIssued:
    """Make a key for a member, which may do no more than the member and whoever makes it."""
    member_id = wanted.member_id or caller.context.member_id
    assert member_id is not None, "every credential belongs to a member"
    if wanted.expires_at is not None and wanted.expires_at <= context.now:
        raise DetailsRefused("expires_at", "A key ends in the future.")
    secret, key_id = new_secret(KEY_PREFIX), ApiKeyId(platform.new_id())
    command = IssueApiKey(
        key_id=key_id,
        member_id=MemberId(member_id),
        label=wanted.label,
        scopes=tuple(map(str, wanted.scopes)),
        secret_hash=secret.digest,
        expires_at=wanted.expires_at,
    )
    receipt = await platform.executor.execute(command, context)
    made = receipt.stream_id == key_id
    return KeyIssued(id=receipt.stream_id, api_key=secret.text if made else None, receipt=receipt_model(receipt))


@router.delete("/{key_id}")
async def revoke_key(key_id: UUID, context: CommandContextDep, platform: PlatformDep) -> KeyRevoked:
    """End a key: its next request is refused, and its open connections are closed within a second."""
    receipt = await platform.executor.execute(RevokeApiKey(key_id=ApiKeyId(key_id)), context)
    return KeyRevoked(receipt=receipt_model(receipt))
