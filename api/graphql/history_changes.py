"""What was, brought back over GraphQL: restore, undo, redo, revert; versions named, renamed and removed."""

from typing import Annotated, Self
from uuid import UUID

import strawberry

from api.graphql.authorisation import Requires
from api.graphql.documents import Document
from api.graphql.editing import VERSION
from api.graphql.fields import resolved
from api.graphql.history import NamedVersion
from api.graphql.ids import document_id_in, parts, uuid_in
from api.graphql.operation import Info, Operation
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from api.named_versions import named_by, version_of
from commands.history.name_version import NameVersion, RemoveVersion, RenameVersion
from commands.history.restore_content import RestoreContent
from commands.history.revert_contribution import RevertContribution
from commands.history.undo_edits import RedoEdits, UndoEdits
from domain.directory.decisions import NoSuchMember
from domain.document.decisions import NoSuchDocument
from domain.errors import NotFound
from domain.generation.decisions import NoSuchGeneration
from domain.history.decisions import NoSuchVersion
from domain.ids import DocumentId, GenerationId, MemberId
from projections import document_library
from projections.catalogue import DOCUMENT_LIBRARY
from tenancy.roles import Permission


@strawberry.input(description="A document whose content is to be as it was.")
class DocumentRestoreInput:
    id: strawberry.ID = strawberry.field(description="The document.")
    position: int = strawberry.field(description="A position of the log, as revisions tell it.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="A document in which the caller's own last step is undone or redone.")
class DocumentUndoInput:
    id: strawberry.ID = strawberry.field(description="The document.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="Whose contribution goes: a member's or a generation's.")
class DocumentRevertInput:
    id: strawberry.ID = strawberry.field(description="The document.")
    member_id: strawberry.ID | None = strawberry.field(default=None, description="The member.")
    generation_id: strawberry.ID | None = strawberry.field(default=None, description="The generation.")
    from_position: int | None = strawberry.field(default=None, description="Only what came after this position.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="A version to name.")
class VersionNameInput:
    document_id: strawberry.ID = strawberry.field(description="The document.")
    label: str = strawberry.field(description="One line of at most 200 characters.")
    position: int | None = strawberry.field(default=None, description="Whose content it names; now, if not said.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="Another name for a version; without one, the version loses its name.")
class VersionRenameInput:
    id: strawberry.ID = strawberry.field(description="The version.")
    label: str | None = strawberry.field(default=None, description="One line of at most 200 characters.")
    expected_version: int | None = strawberry.field(default=None, description="The `listVersion` that was seen.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="The document after something of its past was brought back, or why nothing was.")
class DocumentHistoryPayload:
    document: Document | None = strawberry.field(default=None, description="As it is now.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)

    @classmethod
    async def after(
        cls,
        operation: Operation,
        command: RestoreContent | UndoEdits | RedoEdits | RevertContribution,
        idempotency_key: str | None,
    ) -> Self:
        """Do it, and show the document once it can be read."""
        receipt = await send(operation, command, idempotency_key)
        await operation.reached(DOCUMENT_LIBRARY, receipt.position)
        async with operation.reading() as transaction:
            card = await document_library.card(transaction, operation.tenant, command.document_id)
        return cls(document=Document.from_card(card) if card else None, receipt=WriteReceipt(position=receipt.position))


@strawberry.type(description="The version after the change, or why there was none.")
class VersionPayload:
    version: NamedVersion | None = strawberry.field(default=None, description="Null when it lost its name.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)

    @classmethod
    def of(cls, version: NamedVersion, position: int) -> Self:
        return cls(version=version, receipt=WriteReceipt(position=position))


@strawberry.type
class HistoryMutation:
    @resolved(
        "Bring a document's content back as it was, by one more edit; text keeps its authors.",
        Requires(Permission.DOCUMENT_WRITE),
        AnswersRefusals(DocumentHistoryPayload),
    )
    async def document_restore(
        self,
        info: Info,
        input: Annotated[DocumentRestoreInput, strawberry.argument(description="Which, and to when.")],  # noqa: A002
    ) -> DocumentHistoryPayload:
        command = RestoreContent(
            document_id=_document(info, input.id), position=input.position, expected_version=input.expected_version
        )
        return await DocumentHistoryPayload.after(info.context, command, input.idempotency_key)

    @resolved(
        "Take back the caller's own last step; what others wrote stays.",
        Requires(Permission.DOCUMENT_WRITE),
        AnswersRefusals(DocumentHistoryPayload),
    )
    async def document_undo(
        self,
        info: Info,
        input: Annotated[DocumentUndoInput, strawberry.argument(description="Where.")],  # noqa: A002
    ) -> DocumentHistoryPayload:
        command = UndoEdits(document_id=_document(info, input.id), expected_version=input.expected_version)
        return await DocumentHistoryPayload.after(info.context, command, input.idempotency_key)

    @resolved(
        "Bring back what the caller undid last.",
        Requires(Permission.DOCUMENT_WRITE),
        AnswersRefusals(DocumentHistoryPayload),
    )
    async def document_redo(
        self,
        info: Info,
        input: Annotated[DocumentUndoInput, strawberry.argument(description="Where.")],  # noqa: A002
    ) -> DocumentHistoryPayload:
        command = RedoEdits(document_id=_document(info, input.id), expected_version=input.expected_version)
        return await DocumentHistoryPayload.after(info.context, command, input.idempotency_key)

    @resolved(
        "Take back what one member or one generation did; others' text stays.",
        Requires(Permission.DOCUMENT_WRITE),
        AnswersRefusals(DocumentHistoryPayload),
    )
    async def document_revert(
        self,
        info: Info,
        input: Annotated[DocumentRevertInput, strawberry.argument(description="Where, and whose.")],  # noqa: A002
    ) -> DocumentHistoryPayload:
        member_id = _key("Member", input.member_id, NoSuchMember)
        generation_id = _key("Generation", input.generation_id, NoSuchGeneration)
        command = RevertContribution(
            document_id=_document(info, input.id),
            member_id=MemberId(member_id) if member_id else None,
            generation_id=GenerationId(generation_id) if generation_id else None,
            from_position=input.from_position,
            expected_version=input.expected_version,
        )
        return await DocumentHistoryPayload.after(info.context, command, input.idempotency_key)

    @resolved(
        "Give the content at a position a name.",
        Requires(Permission.DOCUMENT_WRITE),
        AnswersRefusals(VersionPayload),
    )
    async def version_name(
        self,
        info: Info,
        input: Annotated[VersionNameInput, strawberry.argument(description="Which, and how.")],  # noqa: A002
    ) -> VersionPayload:
        operation, document_id = info.context, _document(info, input.document_id)
        command = NameVersion(
            document_id=document_id,
            version_id=operation.platform.new_id(),
            label=input.label,
            position=input.position,
        )
        receipt = await send(operation, command, input.idempotency_key)
        shown = await named_by(operation.platform, operation.tenant, document_id, receipt)
        return VersionPayload.of(NamedVersion.of(document_id, shown, receipt.stream_version), receipt.position)

    @resolved(
        "Give a version another name, or take its name away.",
        Requires(Permission.DOCUMENT_WRITE),
        AnswersRefusals(VersionPayload),
    )
    async def version_rename(
        self,
        info: Info,
        input: Annotated[VersionRenameInput, strawberry.argument(description="Which, and how.")],  # noqa: A002
    ) -> VersionPayload:
        operation = info.context
        (document_id, version_id), seen = _version(input.id), input.expected_version
        if input.label is None:
            removed = RemoveVersion(document_id=document_id, version_id=version_id, expected_version=seen)
            receipt = await send(operation, removed, input.idempotency_key)
            return VersionPayload(receipt=WriteReceipt(position=receipt.position))
        wanted = RenameVersion(document_id=document_id, version_id=version_id, label=input.label, expected_version=seen)
        receipt = await send(operation, wanted, input.idempotency_key)
        shown = await version_of(operation.platform, operation.tenant, document_id, version_id)
        return VersionPayload.of(NamedVersion.of(document_id, shown, receipt.stream_version), receipt.position)


def _document(info: Info, id_: str) -> DocumentId:
    document_id = document_id_in(id_)
    if document_id is None:
        raise NoSuchDocument(DocumentId(info.context.platform.new_id()))
    return document_id


def _version(id_: str) -> tuple[DocumentId, UUID]:
    kind, key = parts(id_) or ("", "")
    document_key, _, version_key = key.partition("/")
    document_id, version_id = uuid_in(document_key), uuid_in(version_key)
    if kind != "NamedVersion" or document_id is None or version_id is None:
        raise NoSuchVersion
    return DocumentId(document_id), version_id


def _key(kind: str, id_: str | None, missing: type[NotFound]) -> UUID | None:
    if id_ is None:
        return None
    found, key = parts(id_) or ("", "")
    named = uuid_in(key) if found == kind else None
    if named is None:
        raise missing
    return named
