"""Somebody who runs SQL of their own with the login of one of our roles, and what they must never be told."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import AsyncConnection

from infra.postgres.role_logins import RoleLogins
from tests.isolation.probe import signed
from tests.support.world import MASTER_KEY, Tenant

SET_CONTEXT = "SELECT set_config('colophon.context', %s, true)"


@asynccontextmanager
async def logged_in(
    database_url: str, tenant: Tenant | None, role: str = "colophon_app", *, seconds_ago: float = 0
) -> AsyncIterator[AsyncConnection[Any]]:
    """A connection of a role, in a transaction of a tenant that was signed so long ago; nothing of it stays."""
    async with await AsyncConnection.connect(**RoleLogins(database_url, MASTER_KEY).parameters(role)) as connection:
        if tenant is not None:
            await connection.execute(SET_CONTEXT, [signed(tenant.tenant_id, seconds_ago=seconds_ago)])
        yield connection
        await connection.rollback()


async def told(connection: AsyncConnection[Any], statements: str) -> str:
    """Everything that statements of somebody's own, one or many, bring to light: rows, notices, errors."""
    heard: list[str] = []

    def hear(said: psycopg.errors.Diagnostic) -> None:
        heard.extend(_sayings(said))

    connection.add_notice_handler(hear)
    # On the client's side, as a string is put together by somebody careless: many statements in one go.
    async with psycopg.AsyncClientCursor(connection) as cursor:
        try:
            await cursor.execute(statements.encode())
            more: bool | None = True
            while more:
                heard += [str(row) for row in (await cursor.fetchall() if cursor.description else [])]
                more = cursor.nextset()
        except psycopg.Error as error:
            heard += [str(error), *_sayings(error.diag)]
    connection.remove_notice_handler(hear)
    return "\n".join(heard)


def _sayings(said: psycopg.errors.Diagnostic) -> Iterable[str]:
    return filter(None, (said.message_primary, said.message_detail, said.message_hint, said.context))


def secrets_of(tenant: Tenant) -> set[str]:
    """What identifies a tenant's people: ids, and addresses by the slug in them."""
    return {tenant.slug} | {str(id_) for who in tenant.people.values() for id_ in (who.member_id, who.key_id)}


def found_in(text: str, tenant: Tenant) -> set[str]:
    return {secret for secret in secrets_of(tenant) if secret in text}
