"""Passwords: their verifiers in the keystore, and the identity that they prove."""

from uuid import UUID

import structlog
from sqlalchemy import text
from uuid_utils.compat import uuid7

from domain.directory.passwords import PASSWORD_CHARACTERS_MAX, normalised
from domain.directory.roles import Role
from domain.ids import MemberId, TenantId, VerifierId
from infra.identity.hashing import Argon2Hashing
from infra.postgres.engines import Databases, tenant_transaction
from tenancy.context import TenantContext, every_tenant
from tenancy.identity import Attempts, PasswordProof, ProvenMember, SignInRefused

ACCOUNT_ATTEMPTS_MAX = 10
ADDRESS_ATTEMPTS_MAX = 100
_LINE_CHARACTERS_MAX = 320

_RESOLVE = text("SELECT tenant_id, member_id, role, verifier_id FROM sec.resolve_sign_in(:slug, :email)")
_CURRENT = text("SELECT verifier_id FROM read.members WHERE tenant_id = :tenant AND member_id = :member")
_KEEP = text("INSERT INTO keystore.password_verifiers VALUES (:tenant, :verifier_id, :member, :verifier)")
_READ = text(
    "SELECT verifier FROM keystore.password_verifiers WHERE tenant_id = :tenant AND verifier_id = :verifier_id"
)
_REPLACE = text(
    "UPDATE keystore.password_verifiers SET verifier = :verifier "
    "WHERE tenant_id = :tenant AND verifier_id = :verifier_id"
)
_FORGET = text(
    "DELETE FROM keystore.password_verifiers WHERE tenant_id = :tenant AND member_id = :member "
    "AND (CAST(:but AS uuid) IS NULL OR verifier_id <> :but)"
)

log = structlog.get_logger()


class KeystorePasswords:
    """Implements tenancy.identity.Passwords."""

    def __init__(self, databases: Databases, hashing: Argon2Hashing) -> None:
        self._databases = databases
        self._hashing = hashing

    async def keep(self, password: str, member_id: MemberId, context: TenantContext) -> VerifierId:
        verifier_id, verifier = VerifierId(uuid7()), await self._hashing.hashed(password)
        async with tenant_transaction(self._databases.keyring, self._databases.signer, context) as connection:
            row = {"tenant": context.tenant_id, "verifier_id": verifier_id, "member": member_id, "verifier": verifier}
            await connection.execute(_KEEP, row)
        return verifier_id

    async def is_right(self, password: str, member_id: MemberId, context: TenantContext) -> bool | None:
        async with self._databases.as_app(context) as connection:
            where = {"tenant": context.tenant_id, "member": member_id}
            verifier_id = (await connection.execute(_CURRENT, where)).scalar_one_or_none()
        return None if verifier_id is None else await self.check(password, verifier_id, context)

    async def forget(self, member_id: MemberId, context: TenantContext, *, but: VerifierId | None = None) -> None:
        async with tenant_transaction(self._databases.keyring, self._databases.signer, context) as connection:
            await connection.execute(_FORGET, {"tenant": context.tenant_id, "member": member_id, "but": but})

    async def check(self, password: str, verifier_id: UUID, context: TenantContext) -> bool:
        """Check a password; one that is right and was hashed with former parameters is hashed again."""
        where = {"tenant": context.tenant_id, "verifier_id": verifier_id}
        async with tenant_transaction(self._databases.keyring, self._databases.signer, context) as connection:
            verifier = (await connection.execute(_READ, where)).scalar_one_or_none()
        if verifier is None or not await self._hashing.matches(verifier, password):
            return False
        if self._hashing.is_outdated(verifier):
            renewed = await self._hashing.hashed(password)
            async with tenant_transaction(self._databases.keyring, self._databases.signer, context) as connection:
                await connection.execute(_REPLACE, {**where, "verifier": renewed})
        return True


class PasswordIdentity:
    """
    Implements tenancy.identity.Identity for passwords.

    An account that is not there costs the same work and gets the same answer as one with another password.
    """

    def __init__(
        self, databases: Databases, passwords: KeystorePasswords, hashing: Argon2Hashing, attempts: Attempts
    ) -> None:
        self._databases = databases
        self._passwords = passwords
        self._hashing = hashing
        self._attempts = attempts
        self._nobodys: str | None = None

    async def prove(self, proof: PasswordProof) -> ProvenMember:
        account = f"{proof.tenant_slug.strip().lower()}/{proof.email.strip().lower()}"
        subjects = [("address", proof.address, ADDRESS_ATTEMPTS_MAX), ("account", account, ACCOUNT_ATTEMPTS_MAX)]
        await self._attempts.count(subjects)
        member = await self._member(proof)
        if member is None:
            raise SignInRefused
        # A whole office may come from one address.
        for kind, subject, _ in subjects:
            await self._attempts.forgive(kind, subject)
        return member

    async def _member(self, proof: PasswordProof) -> ProvenMember | None:
        password = normalised(proof.password)
        words = (proof.tenant_slug, proof.email, password)
        if any(len(word) > _LINE_CHARACTERS_MAX or "\0" in word or not _encodable(word) for word in words):
            return None
        with every_tenant(reason="who signs in decides whose session it is"):
            async with self._databases.app.begin() as connection:
                where = {"slug": proof.tenant_slug.strip().lower(), "email": proof.email.strip()}
                row = (await connection.execute(_RESOLVE, where)).one_or_none()
        if row is None or row.verifier_id is None or len(password) > PASSWORD_CHARACTERS_MAX:
            await self._hashing.matches(await self._verifier_of_nobody(), password)
            return None
        member = ProvenMember(tenant_id=TenantId(row.tenant_id), member_id=MemberId(row.member_id), role=Role(row.role))
        context = member.context(request_id="sign-in")
        return member if await self._passwords.check(password, row.verifier_id, context) else None

    async def _verifier_of_nobody(self) -> str:
        if self._nobodys is None:
            self._nobodys = await self._hashing.hashed(uuid7().hex)
        return self._nobodys


def _encodable(word: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in word)
