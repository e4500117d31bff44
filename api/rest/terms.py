"""The tenant's glossary: terms, what they mean here, what else they are called."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.actors import NamedActor, named
from api.authentication import Caller, PlatformDep
from api.commanding import CommandContextDep, ExpectedVersionDep
from api.cursors import Cursors
from api.platform import Platform
from api.rest.documents import answer
from api.rest.models import ActorModel, ReceiptModel, Wire, WriteAnswer, receipt_model
from api.rest.reading import AtLeast, Limit, Reader
from commands.knowledge.change_term import ChangeTerm
from commands.knowledge.define_term import DefineTerm
from commands.knowledge.retire_term import RetireTerm
from domain.glossary.decisions import ALIASES_MAX, DEFINITION_CHARACTERS_MAX, TERM_CHARACTERS_MAX, NoSuchTerm, name_key
from domain.ids import TermId
from projections import glossary
from projections.glossary import TermCard

router = APIRouter(prefix="/api/v1/terms", tags=["glossary"])

# Generous: the glossary itself says, with a code of its own, what is too long.
_Name = Annotated[str, Field(max_length=10 * TERM_CHARACTERS_MAX)]


class TermToSay(Wire):
    term: _Name
    definition: str = Field(max_length=10 * DEFINITION_CHARACTERS_MAX)
    aliases: Annotated[tuple[_Name, ...], Field(max_length=10 * ALIASES_MAX)] = ()


class TermModel(Wire):
    id: UUID
    term: str
    definition: str
    aliases: list[str]
    version: int
    changed_at: datetime
    changed_by: ActorModel


class TermPage(Wire):
    items: list[TermModel]
    next_cursor: str | None


class TermDefined(Wire):
    id: UUID
    version: int
    receipt: ReceiptModel


@router.get("")
async def list_terms(
    caller: Reader,
    platform: PlatformDep,
    text: Annotated[
        str, Query(max_length=200, pattern=r"^[^\x00]*$", description="Only terms that contain this.")
    ] = "",
    at_least: AtLeast = None,
    limit: Limit = 20,
    cursor: str | None = None,
) -> TermPage:
    """List terms by name; always current, because a term is there with the commit of its event."""
    del at_least
    tenant_id = caller.context.tenant_id
    cursors = Cursors(platform.cursor_key, f"{tenant_id}/terms")
    after = None
    if cursor is not None:
        key, term_id = cursors.decode(cursor)
        after = (str(key), TermId(UUID(str(term_id))))
    async with platform.reads.as_app(caller.context) as connection:
        cards = await glossary.page(connection, tenant_id, text=text, first=limit + 1, after=after)
        shown = cards[:limit]
        actors = await named(connection, tenant_id, {card.changed_by for card in shown})
    last = shown[-1] if len(cards) > limit else None
    return TermPage(
        items=[_model(card, actors) for card in shown],
        next_cursor=cursors.encode(name_key(last.term), str(last.term_id)) if last else None,
    )


@router.get("/{term_id}")
async def get_term(
    term_id: UUID, caller: Reader, platform: PlatformDep, response: Response, at_least: AtLeast = None
) -> TermModel:
    """Return one term."""
    del at_least
    card, actors = await _term(platform, caller, TermId(term_id))
    response.headers["ETag"] = f'"{card.version}"'
    return _model(card, actors)


@router.post("", status_code=201)
async def define_term(
    wanted: TermToSay, context: CommandContextDep, platform: PlatformDep, response: Response
) -> TermDefined:
    """Take a term into the glossary; its name must be free, whatever its capitals."""
    command = DefineTerm(
        term_id=TermId(platform.new_id()), term=wanted.term, definition=wanted.definition, aliases=wanted.aliases
    )
    receipt = await platform.executor.execute(command, context)
    # A repeated request answers the term of the first one: the receipt's stream is its id.
    response.headers["Location"] = f"/api/v1/terms/{receipt.stream_id}"
    response.headers["ETag"] = f'"{receipt.stream_version}"'
    return TermDefined(id=receipt.stream_id, version=receipt.stream_version, receipt=receipt_model(receipt))


@router.put("/{term_id}")
async def change_term(
    term_id: UUID,
    wanted: TermToSay,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> WriteAnswer:
    """Say differently what a term is called or means."""
    command = ChangeTerm(
        term_id=TermId(term_id),
        term=wanted.term,
        definition=wanted.definition,
        aliases=wanted.aliases,
        expected_version=expected_version,
    )
    return answer(await platform.executor.execute(command, context), response)


@router.delete("/{term_id}")
async def retire_term(
    term_id: UUID,
    context: CommandContextDep,
    expected_version: ExpectedVersionDep,
    platform: PlatformDep,
    response: Response,
) -> WriteAnswer:
    """Take a term out of the glossary."""
    command = RetireTerm(term_id=TermId(term_id), expected_version=expected_version)
    return answer(await platform.executor.execute(command, context), response)


async def _term(platform: Platform, caller: Caller, term_id: TermId) -> tuple[TermCard, Mapping[str, NamedActor]]:
    tenant_id = caller.context.tenant_id
    async with platform.reads.as_app(caller.context) as connection:
        card = await glossary.card(connection, tenant_id, term_id)
        if card is None:
            raise NoSuchTerm
        return card, await named(connection, tenant_id, [card.changed_by])


def _model(card: TermCard, actors: Mapping[str, NamedActor]) -> TermModel:
    return TermModel(
        id=card.term_id,
        term=card.term,
        definition=card.definition,
        aliases=list(card.aliases),
        version=card.version,
        changed_at=card.changed_at,
        changed_by=ActorModel.model_validate(actors[card.changed_by]),
    )
