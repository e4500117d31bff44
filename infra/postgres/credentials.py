"""The directory's lookup of a secret, before the tenant is known."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.directory.roles import Role
from domain.ids import MemberId, TenantId
from tenancy.context import every_tenant
from tenancy.credentials import Credential, CredentialKind

_RESOLVE = text("SELECT * FROM sec.resolve_credential(:hash)")


class PostgresCredentials:
    """Implements tenancy.credentials.Credentials through one function that answers one hash at a time."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self, secret_hash: bytes) -> Credential | None:
        with every_tenant(reason="whose credential this is decides whose request it is"):
            async with self._engine.begin() as connection:
                row = (await connection.execute(_RESOLVE, {"hash": secret_hash})).one_or_none()
        if row is None:
            return None
        return Credential(
            kind=CredentialKind(row.kind),
            tenant_id=TenantId(row.tenant_id),
            credential_id=row.credential_id,
            member_id=MemberId(row.member_id),
            role=Role(row.role),
            scopes=tuple(row.scopes),
            expires_at=row.expires_at,
            ended_at=row.ended_at,
        )
