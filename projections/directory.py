"""Who belongs to the tenant and with which credentials; inline, so that a change counts from its own commit on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, Column, ColumnElement, DateTime, LargeBinary, Table, Text, Uuid, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.directory import events
from domain.errors import Conflict
from domain.ids import ApiKeyId, MemberId, TenantId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.projector import READ_MODELS


def _moment(name: str) -> Column[datetime]:
    return Column(name, DateTime(timezone=True))


tenants = Table(
    "tenants",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("slug", Text),
    Column("name", Text),
    Column("plan", Text),
    _moment("opened_at"),
)
members = Table(
    "members",
    READ_MODELS,
    Column("tenant_id", Uuid, primary_key=True),
    Column("member_id", Uuid, primary_key=True),
    Column("email", Text),
    Column("name", Text),
    Column("role", Text),
    _moment("added_at"),
)


def _credentials(table: str, key: str, ends: str, *more: Column[Any]) -> Table:
    return Table(
        table,
        READ_MODELS,
        Column("tenant_id", Uuid, primary_key=True),
        Column(key, Uuid, primary_key=True),
        Column("member_id", Uuid),
        Column("secret_hash", LargeBinary),
        _moment("expires_at"),
        _moment(ends),
        *more,
    )


api_keys = _credentials(
    "api_keys",
    "key_id",
    "revoked_at",
    Column("label", Text),
    Column("scopes", ARRAY(Text)),
    _moment("issued_at"),
)
sign_in_links = _credentials("sign_in_links", "link_id", "used_at")
sessions = _credentials("sessions", "session_id", "ended_at")


class AlreadyTaken(Conflict):
    """A slug belongs to one tenant, an e-mail address to one member of a tenant."""

    code: ClassVar = "directory.already_taken"

    def __init__(self, what: str) -> None:
        super().__init__(f"This {what} is already taken.")
        self.what = what

    def facts(self) -> dict[str, object]:
        return {"field": self.what}


class DirectoryProjector:
    """Takes every event about tenants, members and credentials."""

    name, version = "directory", 1
    handles: frozenset[type[Sealed]] = frozenset(
        {
            events.TenantOpened,
            events.MemberAdded,
            events.ApiKeyIssued,
            events.ApiKeyRevoked,
            events.SignInLinkIssued,
            events.SessionStarted,
            events.SessionEnded,
        }
    )
    tables = (tenants, members, api_keys, sign_in_links, sessions)

    async def apply(self, batch: Sequence[Recorded[Sealed]], transaction: AsyncConnection) -> None:
        for recorded in batch:
            try:
                await _take(recorded, transaction)
            except IntegrityError as error:
                taken = "slug" if isinstance(recorded.event, events.TenantOpened) else "email"
                raise AlreadyTaken(taken) from error


async def _take(recorded: Recorded[Sealed], transaction: AsyncConnection) -> None:
    tenant, at, event = recorded.tenant_id, recorded.recorded_at, recorded.event
    match event:
        case events.TenantOpened():
            row = {
                "tenant_id": tenant,
                "slug": event.slug,
                "name": event.name,
                "plan": event.plan,
                "opened_at": at,
            }
            await _put(transaction, tenants, row)
        case events.MemberAdded():
            row = {
                "tenant_id": tenant,
                "member_id": event.member_id,
                "email": event.email,
                "name": event.name,
            }
            await _put(transaction, members, row | {"role": event.role, "added_at": at})
        case events.ApiKeyIssued():
            row = {
                "key_id": event.key_id,
                "label": event.label,
                "scopes": list(event.scopes),
                "issued_at": at,
            }
            await _put(transaction, api_keys, row | _credential(tenant, event))
        case events.SignInLinkIssued():
            await _put(transaction, sign_in_links, {"link_id": event.link_id} | _credential(tenant, event))
        case events.SessionStarted():
            await _put(transaction, sessions, {"session_id": event.session_id} | _credential(tenant, event))
            await _end(transaction, sign_in_links, tenant, event.link_id, {"used_at": at})
        case events.ApiKeyRevoked():
            await _end(transaction, api_keys, tenant, event.key_id, {"revoked_at": at})
        case events.SessionEnded():
            await _end(transaction, sessions, tenant, event.session_id, {"ended_at": at})
        case _:
            raise TypeError(f"not an event of the directory: {recorded.name}")


def _credential(
    tenant: TenantId, event: events.ApiKeyIssued | events.SignInLinkIssued | events.SessionStarted
) -> dict[str, object]:
    return {
        "tenant_id": tenant,
        "member_id": event.member_id,
        "secret_hash": event.secret_hash,
        "expires_at": event.expires_at,
    }


async def _put(transaction: AsyncConnection, table: Table, row: dict[str, object]) -> None:
    # On the primary key only: a taken slug or address must be refused, not overwritten.
    keys = [column.name for column in table.primary_key]
    await transaction.execute(insert(table).values(row).on_conflict_do_nothing(index_elements=keys))


async def _end(
    transaction: AsyncConnection, table: Table, tenant: TenantId, subject: UUID, values: dict[str, object]
) -> None:
    key = next(column for column in table.primary_key if column.name != "tenant_id")
    await transaction.execute(update(table).where(table.c.tenant_id == tenant, key == subject).values(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantCard:
    tenant_id: TenantId
    slug: str
    name: str
    plan: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    member_id: MemberId
    email: str
    name: str
    role: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyCard:
    key_id: ApiKeyId
    member_id: MemberId
    label: str
    scopes: list[str]
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


async def all_api_keys(connection: AsyncConnection, tenant_id: TenantId) -> list[ApiKeyCard]:
    """Return the tenant's API keys, revoked ones too, by when they were issued."""
    columns = [api_keys.c[name] for name in ApiKeyCard.__dataclass_fields__]
    query = select(*columns).where(api_keys.c.tenant_id == tenant_id).order_by(api_keys.c.issued_at)
    return [ApiKeyCard(**row._mapping) for row in await connection.execute(query)]


async def tenant_card(connection: AsyncConnection, tenant_id: TenantId) -> TenantCard:
    """Return the tenant of the transaction."""
    row = (await connection.execute(select(tenants).where(tenants.c.tenant_id == tenant_id))).one()
    return TenantCard(**row._mapping)


async def plan_of(connection: AsyncConnection, tenant_id: TenantId) -> str | None:
    """Return the name of the tenant's plan; None for the house itself, which has none."""
    return (
        await connection.execute(select(tenants.c.plan).where(tenants.c.tenant_id == tenant_id))
    ).scalar_one_or_none()


async def all_members(connection: AsyncConnection, tenant_id: TenantId) -> list[MemberCard]:
    """Return the tenant's members, by when they came."""
    return await _members(connection, members.c.tenant_id == tenant_id)


async def members_by_id(
    connection: AsyncConnection, tenant_id: TenantId, ids: Sequence[UUID]
) -> dict[UUID, MemberCard]:
    """Return those of the ids who are members of the tenant."""
    found = await _members(connection, members.c.tenant_id == tenant_id, members.c.member_id.in_(ids))
    return {member.member_id: member for member in found}


async def _members(connection: AsyncConnection, *where: ColumnElement[bool]) -> list[MemberCard]:
    columns = [members.c[name] for name in ("member_id", "email", "name", "role", "added_at")]
    query = select(*columns).where(*where).order_by(members.c.added_at, members.c.member_id)
    return [MemberCard(**row._mapping) for row in await connection.execute(query)]
