"""The glossary as GraphQL shows and changes it."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from api.graphql.authorisation import Requires
from api.graphql.connections import After, Connection, First, connection, cursors_of, window
from api.graphql.fields import resolved
from api.graphql.ids import global_id, parts, uuid_in
from api.graphql.nodes import Node
from api.graphql.operation import Info, Operation
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from commands.knowledge.change_term import ChangeTerm
from commands.knowledge.define_term import DefineTerm
from commands.knowledge.retire_term import RetireTerm
from domain.glossary.decisions import NoSuchTerm, name_key
from domain.ids import TermId
from projections import glossary
from projections.glossary import TermCard
from tenancy.roles import Permission


@strawberry.type(description="A word of the tenant's own, with what it means here.")
class Term(Node):
    term: str = strawberry.field(description="Its name; no other term has it, in any capitals.")
    definition: str = strawberry.field(description="What it means here.")
    aliases: list[str] = strawberry.field(description="What else it is called.")
    version: int = strawberry.field(description="Grows with every change.")
    changed_at: datetime = strawberry.field(description="When it was last changed.")

    @classmethod
    def of(cls, card: TermCard) -> Self:
        return cls(
            id=global_id("Term", card.term_id),
            term=card.term,
            definition=card.definition,
            aliases=list(card.aliases),
            version=card.version,
            changed_at=card.changed_at,
        )


@strawberry.type
class GlossaryQuery:
    @resolved("The tenant's terms by name.", Requires(Permission.DOCUMENT_READ))
    async def terms(
        self,
        info: Info,
        text: Annotated[str, strawberry.argument(description="Only terms that contain this.")] = "",
        first: First = None,
        after: After = None,
    ) -> Connection[Term]:
        operation = info.context
        cursors = cursors_of(operation, "terms")
        wanted = window(cursors, first=first, after=after)
        place = (str(wanted.after[0]), _term_id(str(wanted.after[1]))) if wanted.after else None
        found = await _page(operation, text, wanted.size + 1, place)

        async def count() -> int:
            return len(await _page(operation, text, 10_001, None))

        return connection(
            found,
            wanted,
            node=Term.of,
            cursor=lambda card: cursors.encode(name_key(card.term), str(card.term_id)),
            count=count,
        )


async def _page(operation: Operation, text: str, first: int, after: tuple[str, TermId] | None) -> list[TermCard]:
    async with operation.reading() as transaction:
        return await glossary.page(
            transaction, operation.tenant.tenant_id, text=text.replace("\0", "")[:200], first=first, after=after
        )


async def term_node(operation: Operation, key: str) -> Term | None:
    """Return the term of a global id."""
    term_id = uuid_in(key)
    if term_id is None or Permission.DOCUMENT_READ not in operation.tenant.permissions:
        return None
    async with operation.reading() as transaction:
        card = await glossary.card(transaction, operation.tenant.tenant_id, TermId(term_id))
    return Term.of(card) if card else None


@strawberry.input(description="A term to take in.")
class TermDefineInput:
    term: str = strawberry.field(description="One line of at most 200 characters.")
    definition: str = strawberry.field(description="At most 2,000 characters.")
    aliases: list[str] = strawberry.field(default_factory=list, description="At most 20 other names.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="A term as it is to be from now on.")
class TermChangeInput(TermDefineInput):
    id: strawberry.ID = strawberry.field(description="The term.")
    expected_version: int | None = strawberry.field(
        default=None, description="Refuse when the term is no longer this version."
    )


@strawberry.input(description="A term to take out.")
class TermRetireInput:
    id: strawberry.ID = strawberry.field(description="The term.")
    expected_version: int | None = strawberry.field(
        default=None, description="Refuse when the term is no longer this version."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="The term after the change, or why there was none.")
class TermPayload:
    term: Term | None = strawberry.field(default=None, description="Null when it was retired, or nothing was done.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type
class GlossaryMutation:
    @resolved("Take a term in.", Requires(Permission.GLOSSARY_WRITE), AnswersRefusals(TermPayload))
    async def term_define(
        self,
        info: Info,
        input: Annotated[TermDefineInput, strawberry.argument(description="The term.")],  # noqa: A002
    ) -> TermPayload:
        command = DefineTerm(
            term_id=TermId(info.context.platform.new_id()),
            term=input.term,
            definition=input.definition,
            aliases=tuple(input.aliases),
        )
        return await _sent(info.context, command, input.idempotency_key)

    @resolved("Say a term differently.", Requires(Permission.GLOSSARY_WRITE), AnswersRefusals(TermPayload))
    async def term_change(
        self,
        info: Info,
        input: Annotated[TermChangeInput, strawberry.argument(description="Which, and how.")],  # noqa: A002
    ) -> TermPayload:
        command = ChangeTerm(
            term_id=_term_of(input.id),
            term=input.term,
            definition=input.definition,
            aliases=tuple(input.aliases),
            expected_version=input.expected_version,
        )
        return await _sent(info.context, command, input.idempotency_key)

    @resolved("Take a term out.", Requires(Permission.GLOSSARY_WRITE), AnswersRefusals(TermPayload))
    async def term_retire(
        self,
        info: Info,
        input: Annotated[TermRetireInput, strawberry.argument(description="Which one.")],  # noqa: A002
    ) -> TermPayload:
        command = RetireTerm(term_id=_term_of(input.id), expected_version=input.expected_version)
        return await _sent(info.context, command, input.idempotency_key)


async def _sent(operation: Operation, command: object, idempotency_key: str | None) -> TermPayload:
    receipt = await send(operation, command, idempotency_key)
    # A repeated request answers the term of the first one: the receipt's stream is its id.
    term = await term_node(operation, str(receipt.stream_id))
    return TermPayload(term=term, receipt=WriteReceipt(position=receipt.position))


def _term_of(given: str) -> TermId:
    match parts(given):
        case ("Term", key):
            return _term_id(key)
        case _:
            raise NoSuchTerm


def _term_id(key: str) -> TermId:
    found = uuid_in(key)
    if found is None:
        raise NoSuchTerm
    return TermId(found)
