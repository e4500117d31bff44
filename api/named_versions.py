"""Named versions, read the same way for every surface: from the log, and so always current."""

from uuid import UUID

from api.platform import Platform
from commands.event_log import Receipt
from commands.history.name_version import LoadedVersions, load_versions
from commands.streams import load_body_kind
from domain.evidence.events import AccessKind, ObjectKind
from domain.history.decisions import NoSuchVersion
from domain.history.events import VersionNamed
from domain.history.versions import NamedVersion, named_versions
from domain.ids import DocumentId, versions_stream
from tenancy.context import TenantContext
from tenancy.document_rights import Access


async def read_versions(platform: Platform, context: TenantContext, document_id: DocumentId) -> LoadedVersions:
    """Return a document's named versions. Raises NoSuchDocument."""
    await platform.document_rights.require(document_id, context, Access.READ)
    await load_body_kind(platform.log, document_id, context)
    platform.accesses.note(context, AccessKind.READ, ObjectKind.DOCUMENT, document_id)
    return await load_versions(platform.log, document_id, context)


async def version_of(
    platform: Platform, context: TenantContext, document_id: DocumentId, version_id: UUID
) -> NamedVersion:
    """Return one of them. Raises NoSuchVersion."""
    found = (await load_versions(platform.log, document_id, context)).by_id.get(version_id)
    if found is None:
        raise NoSuchVersion
    return found


async def named_by(
    platform: Platform, context: TenantContext, document_id: DocumentId, receipt: Receipt
) -> NamedVersion:
    """Return the version that a write named, as it was named: a repeated request answers the first one's."""
    stream_id = versions_stream(document_id)
    recorded = await platform.log.load(stream_id, context, after_version=receipt.stream_version - 1)
    first = [one for one in recorded[:1] if isinstance(one.event, VersionNamed)]
    for version in named_versions(first).values():
        return version
    raise NoSuchVersion
