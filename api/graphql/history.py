"""Named versions of a document and what differs between two positions, as GraphQL shows them."""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry

from api.diffing import By, Difference, read_difference
from api.graphql.actors import Actor, actor
from api.graphql.fields import resolved
from api.graphql.ids import global_id, parts, uuid_in
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from api.graphql.provenance import Origin
from api.named_versions import read_versions
from domain.history import comparing, versions
from domain.history.decisions import PositionRefused
from domain.ids import DocumentId
from projections import document_history

From = Annotated[int, strawberry.argument(name="from", description="A position of the log.")]
To = Annotated[int | None, strawberry.argument(description="A later position; now, if not said.")]


@strawberry.type(description="A version of a document that has a name.")
class NamedVersion(Node):
    label: str = strawberry.field(description="Its name.")
    position: int = strawberry.field(description="The log position whose content it names.")
    named_at: datetime = strawberry.field(description="When it got its name.")
    list_version: int = strawberry.field(description="That of the document's named versions together, as read.")
    author_reference: strawberry.Private[str]

    @classmethod
    def of(cls, document_id: DocumentId, version: versions.NamedVersion, list_version: int) -> Self:
        return cls(
            id=global_id("NamedVersion", f"{document_id}/{version.version_id}"),
            label=version.label,
            position=version.position,
            named_at=version.named_at,
            list_version=list_version,
            author_reference=str(version.named_by),
        )

    @resolved("Who named it.")
    async def named_by(self, info: Info) -> Actor:
        return await actor(info.context, self.author_reference)


@strawberry.enum(description="What became of some words.")
class DiffOp(Enum):
    EQUAL = strawberry.enum_value("equal", description="They stayed.")
    INSERT = strawberry.enum_value("insert", description="They came.")
    DELETE = strawberry.enum_value("delete", description="They went.")
    FORMAT = strawberry.enum_value("format", description="They stayed and got other marks.")
    RESTRUCTURE = strawberry.enum_value(
        "restructure", description="Their block became another, or what it is made of has other attributes."
    )


@strawberry.type(description="Words of one block that have the same fate by the same author; none of a block as such.")
class DiffHunk:
    op: DiffOp = strawberry.field(description="What became of them.")
    text: str = strawberry.field(description="The words.")
    block_before: int | None = strawberry.field(description="The top-level block, or line, that they were in.")
    block_after: int | None = strawberry.field(description="The one that they are in.")
    type_before: str | None = strawberry.field(description="What kind of block that was.")
    type_after: str | None = strawberry.field(description="What kind of block this is.")
    by: strawberry.Private[By | None]

    @resolved("Where the change comes from; null when nobody knows, or nothing changed.")
    async def origin(self) -> Origin | None:
        return Origin(self.by.origin) if self.by else None

    @resolved("Who made the change.")
    async def author(self, info: Info) -> Actor | None:
        return await actor(info.context, str(self.by.author)) if self.by else None


@strawberry.type(description="What differs between two positions of the log.")
class DocumentDifference:
    hunks: list[DiffHunk] = strawberry.field(description="In order of reading; blocks that stayed are left out.")
    truncated: bool = strawberry.field(description="More differs than is told.")


async def label_of(operation: Operation, document_id: DocumentId, position: int) -> str | None:
    """Return the name that the content has which the last change of the document at a position left."""
    found = await operation.versions.load(document_id)
    return next((version.label for version in found.newest_first if version.position == position), None)


async def versions_of(operation: Operation, document_id: DocumentId) -> list[NamedVersion]:
    found = await operation.versions.load(document_id)
    return [NamedVersion.of(document_id, version, found.stream_version) for version in found.newest_first]


async def difference(
    operation: Operation, document_id: DocumentId, position_from: int, position_to: int | None
) -> DocumentDifference:
    """Return what differs; blocks that stayed the same are left out."""
    async with operation.rendering():
        found = await read_difference(operation.platform, operation.tenant, document_id, position_from, position_to)
    operation.stale = operation.stale or not found.is_fresh
    return DocumentDifference(hunks=list(_hunks(found)), truncated=found.is_cut)


async def named_version_node(operation: Operation, key: str) -> Node | None:
    document_key, _, version_key = key.partition("/")
    document_id, version_id = uuid_in(document_key), uuid_in(version_key)
    if document_id is None or version_id is None:
        return None
    found = await read_versions(operation.platform, operation.tenant, DocumentId(document_id))
    version = found.by_id.get(version_id)
    return None if version is None else NamedVersion.of(DocumentId(document_id), version, found.stream_version)


def _revision_number(id_: str, document_id: DocumentId) -> int | None:
    """Return the number in the global id of a revision of this document."""
    match parts(id_):
        case ("Revision", key):
            document_key, _, number = key.partition("/")
            is_number = number.isascii() and number.isdecimal()
            return int(number) if uuid_in(document_key) == document_id and is_number else None
        case _:
            return None


async def position_of(operation: Operation, document_id: DocumentId, id_: str) -> int:
    """Return where a revision of this document ends. Raises PositionRefused."""
    number = _revision_number(id_, document_id)
    if number is not None:
        async with operation.reading() as transaction:
            found = await document_history.revisions(
                transaction, operation.tenant.tenant_id, document_id, first=1, before_number=number + 1
            )
        if found and found[0].number == number:
            return found[0].position_to
    raise PositionRefused


def _hunks(found: Difference) -> Iterator[DiffHunk]:
    for block in found.blocks:
        if block.is_restructured:
            yield _hunk(block, DiffOp.RESTRUCTURE, "", block.by)
        elif not block.segments:
            yield _hunk(block, DiffOp.INSERT if block.unit_before is None else DiffOp.DELETE, "", block.by)
        for segment in block.segments:
            yield _hunk(block, _OPS[segment.op], segment.text, segment.by)


def _hunk(block: comparing.BlockDifference[By], op: DiffOp, text: str, by: By | None) -> DiffHunk:
    return DiffHunk(
        op=op,
        text=text,
        block_before=block.before,
        block_after=block.after,
        type_before=block.unit_before.tag if block.unit_before else None,
        type_after=block.unit_after.tag if block.unit_after else None,
        by=by,
    )


_OPS = {op: DiffOp(op.value) for op in comparing.Op}
