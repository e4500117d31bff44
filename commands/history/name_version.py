"""Give a version of a document a name, another name, or none any more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from commands.event_log import CommandContext, EventLog, Receipt, StreamWrite, VersionConflict
from commands.execute import Ports
from commands.streams import LoadedDocument, load_document_state, load_writable
from domain.document.state import Stage
from domain.history import decisions
from domain.history.versions import NamedVersion, named_versions
from domain.ids import DocumentId, document_stream, edits_stream, versions_stream
from domain.sealed import Sealed
from tenancy.context import TenantContext


@dataclass(frozen=True, slots=True, kw_only=True)
class NameVersion:
    """Names the content as it was after `position`, or as it is now."""

    document_id: DocumentId
    version_id: UUID = field(compare=False)
    label: str
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameVersion:
    """`expected_version` is that of all named versions together, if the caller insists on what it has seen."""

    document_id: DocumentId
    version_id: UUID
    label: str
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveVersion:
    document_id: DocumentId
    version_id: UUID
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class LoadedVersions:
    by_id: Mapping[UUID, NamedVersion]
    stream_version: int

    @property
    def newest_first(self) -> Sequence[NamedVersion]:
        return list(self.by_id.values())[::-1]


@dataclass(frozen=True, slots=True)
class WritableVersions:
    """The versions of a document that is not archived, at the version at which that is so."""

    document: LoadedDocument
    versions: LoadedVersions


async def load_versions(log: EventLog, document_id: DocumentId, tenant: TenantContext) -> LoadedVersions:
    """Return the named versions of a document, as they are now."""
    past = await log.load(versions_stream(document_id), tenant)
    return LoadedVersions(named_versions(past), len(past))


async def name(command: NameVersion, context: CommandContext, ports: Ports) -> Receipt:
    """Raises PositionRefused, LabelRefused, TooManyVersions."""
    writable = await _writable(command.document_id, context, ports)
    head = await ports.log.head(context.tenant)
    position = command.position
    if position is None:
        position = await _last_change(command.document_id, context, ports)
    then = await load_document_state(ports.log, command.document_id, context.tenant, position)
    if position > head or then.state.stage is Stage.UNWRITTEN:
        raise decisions.PositionRefused
    events = decisions.name_version(
        writable.versions.by_id,
        document_id=command.document_id,
        version_id=command.version_id,
        position=position,
        label=command.label,
    )
    return await _append(command.document_id, writable, events, context, ports)


async def rename(command: RenameVersion, context: CommandContext, ports: Ports) -> Receipt:
    """Raises NoSuchVersion, LabelRefused, VersionConflict."""
    writable = await _writable(command.document_id, context, ports, command.expected_version)
    events = decisions.rename_version(
        writable.versions.by_id, document_id=command.document_id, version_id=command.version_id, label=command.label
    )
    return await _append(command.document_id, writable, events, context, ports)


async def remove(command: RemoveVersion, context: CommandContext, ports: Ports) -> Receipt:
    """Raises NoSuchVersion, VersionConflict."""
    writable = await _writable(command.document_id, context, ports, command.expected_version)
    events = decisions.remove_version(
        writable.versions.by_id, document_id=command.document_id, version_id=command.version_id
    )
    return await _append(command.document_id, writable, events, context, ports)


async def _last_change(document_id: DocumentId, context: CommandContext, ports: Ports) -> int:
    """Return the position of the last edit, where a revision ends too; that of the creation if there is no edit."""
    stream_id = edits_stream(document_id)
    version = (await ports.log.versions_of([stream_id], context.tenant)).get(stream_id, 0)
    last = await ports.log.load(stream_id, context.tenant, after_version=max(0, version - 1))
    past = last or (await ports.log.load(document_stream(document_id), context.tenant))[:1]
    return past[-1].position


async def _writable(
    document_id: DocumentId, context: CommandContext, ports: Ports, expected_version: int | None = None
) -> WritableVersions:
    document = await load_writable(ports.log, document_id, context)
    versions = await load_versions(ports.log, document_id, context.tenant)
    if expected_version not in (None, versions.stream_version):
        raise VersionConflict(versions_stream(document_id), versions.stream_version)
    return WritableVersions(document, versions)


async def _append(
    document_id: DocumentId,
    writable: WritableVersions,
    events: Sequence[Sealed],
    context: CommandContext,
    ports: Ports,
) -> Receipt:
    writes = [
        StreamWrite(versions_stream(document_id), writable.versions.stream_version, events),
        StreamWrite(document_stream(document_id), writable.document.version, []),
    ]
    return await ports.log.append(writes, context)
