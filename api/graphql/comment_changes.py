"""Comments as they are made, answered, changed, taken back and settled over GraphQL."""

from typing import Annotated, Self

import strawberry

from api.commenting import comment_place, comment_written_at
from api.graphql.authorisation import Requires
from api.graphql.comment_anchors import CommentAnchorInput
from api.graphql.comments import Comment, comment_in, thread_after
from api.graphql.fields import resolved
from api.graphql.ids import document_id_in
from api.graphql.operation import Info, Operation
from api.graphql.suggestions import suggestion_in
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from commands.comment.delete_comment import DeleteComment
from commands.comment.edit_comment import EditComment
from commands.comment.make_comment import MakeComment
from commands.comment.reopen_comment import ReopenComment
from commands.comment.reply_to_comment import ReplyToComment
from commands.comment.resolve_comment import ResolveComment
from commands.event_log import Receipt
from domain.document.decisions import NoSuchDocument
from domain.ids import CommentId, DocumentId
from projections.comments import CommentPlace
from tenancy.roles import Permission

BODY = "At most 10,000 characters; `<@member id>` names a member who may read the document."


@strawberry.input(description="Something to say about a document.")
class CommentCreateInput:
    document_id: strawberry.ID = strawberry.field(description="The document.")
    body: str = strawberry.field(description=BODY)
    anchor: CommentAnchorInput | None = strawberry.field(default=None, description="The text that it is about.")
    suggestion_id: strawberry.ID | None = strawberry.field(default=None, description="The suggestion it is about.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="Words for a comment.")
class CommentWordsInput:
    id: strawberry.ID = strawberry.field(description="The comment to answer, or to change.")
    body: str = strawberry.field(description=BODY)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="A comment to do something with.")
class CommentInput:
    id: strawberry.ID = strawberry.field(description="The comment.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="The comment after the change, or why there was none.")
class CommentPayload:
    comment: Comment | None = strawberry.field(default=None, description="As it is now.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)

    @classmethod
    async def written(cls, operation: Operation, place: CommentPlace, comment_id: CommentId, receipt: Receipt) -> Self:
        """Return the payload of a write, with the comment as it is after it."""
        comment = await thread_after(operation, place, comment_id)
        return cls(comment=comment, receipt=WriteReceipt(position=receipt.position))


Words = Annotated[CommentWordsInput, strawberry.argument(description="Which, and the words.")]
Which = Annotated[CommentInput, strawberry.argument(description="Which one.")]
_GUARDS = (Requires(Permission.DOCUMENT_COMMENT), AnswersRefusals(CommentPayload))


@strawberry.type
class CommentsMutation:
    @resolved("Begin a thread: whoever may read the document may.", *_GUARDS)
    async def comment_create(
        self,
        info: Info,
        input: Annotated[CommentCreateInput, strawberry.argument(description="What, and about what.")],  # noqa: A002
    ) -> CommentPayload:
        operation = info.context
        document_id = document_id_in(input.document_id)
        if document_id is None:
            raise NoSuchDocument(DocumentId(operation.platform.new_id()))
        command = MakeComment(
            comment_id=CommentId(operation.platform.new_id()),
            document_id=document_id,
            body=input.body,
            about=None if input.anchor is None else input.anchor.about(),
            suggestion_id=None if input.suggestion_id is None else suggestion_in(input.suggestion_id),
        )
        receipt = await send(operation, command, input.idempotency_key)
        written = await comment_written_at(operation.platform, operation.tenant, receipt.position)
        place = CommentPlace(thread_id=written, document_id=document_id)
        return await CommentPayload.written(operation, place, written, receipt)

    @resolved("Answer in the thread of a comment.", *_GUARDS)
    async def comment_reply(self, info: Info, input: Words) -> CommentPayload:  # noqa: A002
        operation = info.context
        place = await _place(operation, input.id)
        command = ReplyToComment(
            comment_id=CommentId(operation.platform.new_id()),
            document_id=place.document_id,
            thread_id=place.thread_id,
            body=input.body,
        )
        receipt = await send(operation, command, input.idempotency_key)
        written = await comment_written_at(operation.platform, operation.tenant, receipt.position)
        return await CommentPayload.written(operation, place, written, receipt)

    @resolved("Put other words in the place of one's own.", *_GUARDS)
    async def comment_edit(self, info: Info, input: Words) -> CommentPayload:  # noqa: A002
        place = await _place(info.context, input.id)
        command = EditComment(document_id=place.document_id, comment_id=comment_in(input.id), body=input.body)
        return await _changed(info.context, place, input, command)

    @resolved("Take one's own words out of sight; a thread without any is not listed any more.", *_GUARDS)
    async def comment_delete(self, info: Info, input: Which) -> CommentPayload:  # noqa: A002
        place = await _place(info.context, input.id)
        command = DeleteComment(document_id=place.document_id, comment_id=comment_in(input.id))
        return await _changed(info.context, place, input, command)

    @resolved("Settle a thread: whoever began it may, and whoever may write the document.", *_GUARDS)
    async def comment_resolve(self, info: Info, input: Which) -> CommentPayload:  # noqa: A002
        place = await _place(info.context, input.id)
        command = ResolveComment(document_id=place.document_id, thread_id=place.thread_id)
        return await _changed(info.context, place, input, command)

    @resolved("Take a settled thread up again.", *_GUARDS)
    async def comment_reopen(self, info: Info, input: Which) -> CommentPayload:  # noqa: A002
        place = await _place(info.context, input.id)
        command = ReopenComment(document_id=place.document_id, thread_id=place.thread_id)
        return await _changed(info.context, place, input, command)


async def _place(operation: Operation, id_: str) -> CommentPlace:
    return await comment_place(operation.platform, operation.tenant, comment_in(id_))


async def _changed(
    operation: Operation, place: CommentPlace, given: CommentWordsInput | CommentInput, command: object
) -> CommentPayload:
    receipt = await send(operation, command, given.idempotency_key)
    return await CommentPayload.written(operation, place, comment_in(given.id), receipt)
