"""What the tenant's terms mean; inline, so that no two terms ever have one name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Table, Text, Uuid, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.glossary import events
from domain.glossary.decisions import TermAlreadyDefined, name_key
from domain.ids import TenantId, TermId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.projector import READ_MODELS

terms = Table(
    "glossary_terms",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("term_id", Uuid, primary_key=True),
    Column("term", Text),
    Column("name_key", Text),
    Column("definition", Text),
    Column("aliases", ARRAY(Text)),
    Column("version", BigInteger),
    Column("changed_at", DateTime(timezone=True)),
    Column("changed_by", Text),
)


class GlossaryProjector:
    """One row a term, as it is now."""

    name, version = "glossary", 1
    handles: frozenset[type[Sealed]] = frozenset({events.TermDefined, events.TermChanged, events.TermRetired})
    tables = (terms,)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            match recorded.event:
                case events.TermDefined() | events.TermChanged() as said:
                    try:
                        await _put(recorded, said, transaction)
                    except IntegrityError as error:
                        raise TermAlreadyDefined from error
                case events.TermRetired() as retired:
                    of_it = (terms.c.tenant_id == recorded.tenant_id, terms.c.term_id == retired.term_id)
                    await transaction.execute(delete(terms).where(*of_it))
                case _:
                    raise TypeError(f"not an event of the glossary: {recorded.name}")


async def _put(
    recorded: Recorded[Sealed], said: events.TermDefined | events.TermChanged, transaction: AsyncConnection
) -> None:
    row = {
        "tenant_id": recorded.tenant_id,
        "term_id": said.term_id,
        "term": said.term,
        "name_key": name_key(said.term),
        "definition": said.definition,
        "aliases": list(said.aliases),
        "version": recorded.stream_version,
        "changed_at": recorded.recorded_at,
        "changed_by": str(recorded.actor),
    }
    put = insert(terms).values(row)
    changed = {name: put.excluded[name] for name in row if name not in {"tenant_id", "term_id"}}
    # On the primary key only: a name that another term has must be refused, not overwritten.
    await transaction.execute(put.on_conflict_do_update(index_elements=["tenant_id", "term_id"], set_=changed))


_PERSON = r"^\s*(person|osoba|особа|personne|persona)\M"  # noqa: RUF001  # in the languages of the glossary


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCard:
    """A term as the glossary shows it; `version` is what If-Match takes."""

    term_id: TermId
    term: str
    definition: str
    aliases: Sequence[str]
    version: int
    changed_at: datetime
    changed_by: str


_CARD = [terms.c[name] for name in TermCard.__dataclass_fields__]


async def page(
    connection: AsyncConnection, tenant_id: TenantId, *, text: str, first: int, after: tuple[str, TermId] | None
) -> list[TermCard]:
    """Return up to `first` terms whose name contains the text, in the order of their names."""
    query = select(*_CARD).where(terms.c.tenant_id == tenant_id).order_by(terms.c.name_key, terms.c.term_id)
    if text.strip():
        query = query.where(terms.c.name_key.contains(name_key(text), autoescape=True))
    if after is not None:
        query = query.where(tuple_(terms.c.name_key, terms.c.term_id) > tuple_(*after))
    return [TermCard(**row._mapping) for row in await connection.execute(query.limit(first))]


async def card(connection: AsyncConnection, tenant_id: TenantId, term_id: TermId) -> TermCard | None:
    """Return one term; None when there is none, or none any more."""
    query = select(*_CARD).where(terms.c.tenant_id == tenant_id, terms.c.term_id == term_id)
    row = (await connection.execute(query)).one_or_none()
    return TermCard(**row._mapping) if row else None


async def all_terms(connection: AsyncConnection, tenant_id: TenantId) -> list[TermCard]:
    """Return the whole glossary, for whoever looks for its terms in text."""
    query = select(*_CARD).where(terms.c.tenant_id == tenant_id).order_by(terms.c.name_key, terms.c.term_id)
    return [TermCard(**row._mapping) for row in await connection.execute(query)]


async def people_named(connection: AsyncConnection, tenant_id: TenantId, *, first: int) -> list[str]:
    """Return terms and aliases that are people's names: their definition begins with that word."""
    c = terms.c
    query = select(c.term, c.aliases).where(c.tenant_id == tenant_id, c.definition.regexp_match(_PERSON, flags="i"))
    found = await connection.execute(query.order_by(c.changed_at.desc(), c.term_id).limit(first))
    return [name for row in found for name in (row.term, *row.aliases)]
