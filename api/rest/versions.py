"""Named versions of a document: name, list, rename, remove."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.actors import named
from api.authentication import PlatformDep
from api.commanding import CommandContextDep, ExpectedVersionDep
from api.cursors import Cursors
from api.named_versions import named_by, read_versions, version_of
from api.platform import Platform
from api.rest.models import ActorModel, ReceiptModel, Wire, receipt_model
from api.rest.reading import POSITION_MAX, AtLeast, Reader
from commands.event_log import Receipt
from commands.history.name_version import NameVersion, RemoveVersion, RenameVersion
from domain.history.decisions import VERSIONS_MAX
from domain.history.versions import NamedVersion
from domain.ids import DocumentId
from tenancy.context import TenantContext

router = APIRouter(prefix="/api/v1/documents", tags=["versions"])


class VersionModel(Wire):
    """Read the content of a version with `content?at=<position>`."""

    id: UUID
    label: str
    position: int
    named_by: ActorModel
    named_at: datetime


class VersionList(Wire):
    items: list[VersionModel]
    next_cursor: str | None


class VersionToName(Wire):
    """Without a position, the content as it is now."""

    label: str
    position: Annotated[int | None, Field(ge=0, le=POSITION_MAX)] = None


class VersionLabel(Wire):
    label: str


class VersionAnswer(Wire):
    version: VersionModel
    receipt: ReceiptModel


class VersionRemoved(Wire):
    receipt: ReceiptModel


@router.get("/{document_id}/versions")
async def list_versions(
    document_id: UUID,
    caller: Reader,
    platform: PlatformDep,
    response: Response,
    at_least: AtLeast = None,
    limit: Annotated[int, Query(ge=1, le=VERSIONS_MAX)] = VERSIONS_MAX,
    cursor: str | None = None,
) -> VersionList:
    """List the named versions, last named first. The ETag is what a change of any of them may insist on."""
    del at_least  # read from the log
    cursors = Cursors(platform.cursor_key, f"{caller.context.tenant_id}/named-versions/{document_id}")
    before = None if cursor is None else int(cursors.decode(cursor)[0])
    found = await read_versions(platform, caller.context, DocumentId(document_id))
    response.headers["ETag"] = f'"{found.stream_version}"'
    wanted = [version for version in found.newest_first if before is None or version.named_as < before]
    shown = wanted[:limit]
    return VersionList(
        items=await _models(platform, caller.context, shown),
        next_cursor=cursors.encode(shown[-1].named_as) if len(wanted) > limit else None,
    )


@router.post("/{document_id}/versions", status_code=201)
async def name_version(
    document_id: UUID, wanted: VersionToName, context: CommandContextDep, platform: PlatformDep, response: Response
) -> VersionAnswer:
    """Give the content at a position a name, or the content as it is now."""
    command = NameVersion(
        document_id=DocumentId(document_id),
        version_id=platform.new_id(),
        label=wanted.label,
        position=wanted.position,
    )
    receipt = await platform.executor.execute(command, context)
    response.headers["ETag"] = f'"{receipt.stream_version}"'
    shown = await named_by(platform, context.tenant, command.document_id, receipt)
    response.headers["Location"] = f"/api/v1/documents/{document_id}/versions/{shown.version_id}"
    return await _answer(platform, context.tenant, shown, receipt)


@router.put("/{document_id}/versions/{version_id}")
async def rename_version(
    document_id: UUID,
    version_id: UUID,
    wanted: VersionLabel,
    context: CommandContextDep,
    platform: PlatformDep,
    expected_version: ExpectedVersionDep,
    response: Response,
) -> VersionAnswer:
    """Give a version another name."""
    command = RenameVersion(
        document_id=DocumentId(document_id),
        version_id=version_id,
        label=wanted.label,
        expected_version=expected_version,
    )
    receipt = await platform.executor.execute(command, context)
    response.headers["ETag"] = f'"{receipt.stream_version}"'
    shown = await version_of(platform, context.tenant, command.document_id, version_id)
    return await _answer(platform, context.tenant, shown, receipt)


@router.delete("/{document_id}/versions/{version_id}")
async def remove_version(
    document_id: UUID,
    version_id: UUID,
    context: CommandContextDep,
    platform: PlatformDep,
    expected_version: ExpectedVersionDep,
) -> VersionRemoved:
    """Take the name away; what it named stays in the past."""
    command = RemoveVersion(
        document_id=DocumentId(document_id), version_id=version_id, expected_version=expected_version
    )
    return VersionRemoved(receipt=receipt_model(await platform.executor.execute(command, context)))


async def _answer(platform: Platform, context: TenantContext, shown: NamedVersion, receipt: Receipt) -> VersionAnswer:
    [model] = await _models(platform, context, [shown])
    return VersionAnswer(version=model, receipt=receipt_model(receipt))


async def _models(platform: Platform, context: TenantContext, found: Sequence[NamedVersion]) -> list[VersionModel]:
    async with platform.reads.as_app(context) as connection:
        actors = await named(connection, context.tenant_id, {str(version.named_by) for version in found})
    return [
        VersionModel(
            id=version.version_id,
            label=version.label,
            position=version.position,
            named_by=ActorModel.model_validate(actors[str(version.named_by)]),
            named_at=version.named_at,
        )
        for version in found
    ]
