"""Whose keys an erasure destroys: those of a document or person, and of conversations that hold their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from domain.evidence.events import ErasureScope
from domain.sealed import KeyScope
from infra.postgres.engines import Databases
from projections.erasures import ErasureCard
from projections.same_person import same_person
from tenancy.context import TenantContext

_OF_DOCUMENT = text(
    "SELECT conversation_id FROM read.conversation_sources WHERE tenant_id = :tenant AND document_id = :target "
    "UNION SELECT conversation_id FROM read.conversations WHERE tenant_id = :tenant AND document_id = :target"
)
_OF_MEMBERS = text(
    "SELECT conversation_id FROM read.conversations WHERE tenant_id = :tenant AND member_id = ANY(:members)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """Scopes with the ids whose keys go; `people` is empty unless a person is erased."""

    keys: Sequence[tuple[KeyScope, Sequence[UUID]]]
    people: Sequence[UUID]


async def belongings(databases: Databases, context: TenantContext, card: ErasureCard) -> Belongings:
    """Look them up before the keys are gone; from the order on nothing is added to them."""
    where = {"tenant": context.tenant_id, "target": card.target_id}
    async with databases.as_app(context) as connection:
        if card.scope is ErasureScope.DOCUMENT:
            conversations = list(await connection.scalars(_OF_DOCUMENT, where))
            keys = ((KeyScope.DOCUMENT, [card.target_id]), (KeyScope.CONVERSATION, conversations))
            return Belongings(keys=keys, people=())
        people = await same_person(connection, context.tenant_id, card.target_id)
        conversations = list(await connection.scalars(_OF_MEMBERS, {**where, "members": list(people)}))
    return Belongings(keys=((KeyScope.SUBJECT, people), (KeyScope.CONVERSATION, conversations)), people=people)
