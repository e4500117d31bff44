"""What the operator's command line does: the same commands as everybody's, with the rights of the house."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from api.invitation_links import invitation_url
from app.bootstrap import Colophon
from commands.directory.add_member import AddMember
from commands.directory.change_plan import ChangePlan
from commands.directory.change_role import ChangeRole
from commands.directory.invite_member import InviteMember
from commands.directory.issue_api_key import IssueApiKey
from commands.directory.issue_sign_in_link import IssueSignInLink
from commands.directory.open_tenant import FirstOwner, OpenTenant
from commands.directory.record_key_rotation import RecordKeyRotation
from commands.directory.remove_member import RemoveMember
from commands.directory.resume_tenant import ResumeTenant
from commands.directory.revoke_api_key import RevokeApiKey
from commands.directory.suspend_tenant import SuspendTenant
from commands.event_log import CommandContext, Receipt
from domain.actor import OPERATOR, Actor, ActorKind
from domain.directory.decisions import NoSuchMember
from domain.directory.roles import Role
from domain.errors import NotFound
from domain.ids import PLATFORM, ApiKeyId, InvitationId, MemberId, SignInLinkId, TenantId
from infra.event_store.key_rotation import Epoch, KnownMasterKey
from projections import directory
from projections.directory import ApiKeyCard, MemberCard, TenantCard
from tenancy.context import TenantContext, tenant_scope
from tenancy.roles import OPERATOR_PERMISSIONS, PERMISSIONS
from tenancy.secrets import KEY_PREFIX, new_secret


class NoSuchTenant(NotFound):
    """No tenant has this slug."""

    code: ClassVar = "tenant.not_found"

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no tenant {slug!r}; `colophon tenant list` shows all.")


@dataclass(frozen=True, slots=True)
class Operator:
    """Acts on one Colophon, tenant by tenant."""

    colophon: Colophon

    def new_id(self) -> UUID:
        return self.colophon.platform.new_id()

    async def tenants(self) -> list[TenantCard]:
        """Return every tenant, by slug."""
        return await self.colophon.tenant_cards()

    async def tenant(self, slug: str) -> TenantCard:
        """Return one tenant; raise NoSuchTenant."""
        for card in await self.tenants():
            if card.slug == slug:
                return card
        raise NoSuchTenant(slug)

    async def open_tenant(self, slug: str, name: str, *, plan: str) -> TenantId:
        tenant_id = TenantId(self.new_id())
        await self.execute(OpenTenant(slug=slug, name=name, plan=plan), self.context(tenant_id))
        return tenant_id

    async def open_tenant_with_owner(self, slug: str, name: str, *, plan: str, email: str) -> tuple[TenantId, MemberId]:
        """Open a tenant and take its owner in, both or neither; the owner is named by the address."""
        tenant_id, member_id = TenantId(self.new_id()), MemberId(self.new_id())
        owner = FirstOwner(member_id=member_id, email=email, name=email.split("@", maxsplit=1)[0])
        await self.execute(OpenTenant(slug=slug, name=name, plan=plan, owner=owner), self.context(tenant_id))
        return tenant_id, member_id

    async def add_member(self, tenant_id: TenantId, *, email: str, name: str, role: Role) -> MemberId:
        member_id = MemberId(self.new_id())
        command = AddMember(member_id=member_id, email=email, name=name, role=role)
        await self.execute(command, self.context(tenant_id))
        return member_id

    async def issue_api_key(
        self,
        tenant_id: TenantId,
        member_id: MemberId,
        *,
        label: str,
        scopes: tuple[str, ...] = (),
        expires_at: datetime | None = None,
    ) -> tuple[ApiKeyId, str]:
        """Return the key's id and the key itself, which nobody can show again."""
        secret, key_id = new_secret(KEY_PREFIX), ApiKeyId(self.new_id())
        command = IssueApiKey(
            key_id=key_id,
            member_id=member_id,
            label=label,
            scopes=scopes,
            secret_hash=secret.digest,
            expires_at=expires_at,
        )
        await self.execute(command, self.context(tenant_id))
        return key_id, secret.text

    async def revoke_api_key(self, tenant_id: TenantId, key_id: ApiKeyId) -> None:
        await self.execute(RevokeApiKey(key_id=key_id), self.context(tenant_id))

    async def api_keys(self, tenant_id: TenantId) -> list[ApiKeyCard]:
        context = self.context(tenant_id)
        with tenant_scope(context):
            async with self.colophon.platform.reads.as_app(context) as connection:
                return await directory.all_api_keys(connection, tenant_id)

    async def sign_in_link(self, tenant_id: TenantId, email: str, *, page: str = "/") -> str:
        """Return a URL that signs the member in once, within five minutes."""
        member = await self.member(tenant_id, email)
        secret = new_secret("coll")
        command = IssueSignInLink(
            link_id=SignInLinkId(self.new_id()), member_id=member.member_id, secret_hash=secret.digest
        )
        await self.execute(command, self.context(tenant_id))
        query = "" if page == "/" else f"?next={page}"
        return f"{self.colophon.platform.public_url.rstrip('/')}/sign-in/{secret.text}{query}"

    async def member(self, tenant_id: TenantId, email: str) -> MemberCard:
        """Return the member with this address, case ignored; raise NoSuchMember."""
        context = self.context(tenant_id)
        with tenant_scope(context):
            async with self.colophon.platform.reads.as_app(context) as connection:
                found = await directory.all_members(connection, tenant_id)
        for member in found:
            if member.email.lower() == email.strip().lower():
                return member
        raise NoSuchMember

    async def acting_as(self, tenant_id: TenantId, email: str) -> TenantContext:
        """Return a member's own context, for the demo's authors."""
        member = await self.member(tenant_id, email)
        return TenantContext(
            tenant_id=tenant_id,
            actor=Actor(ActorKind.MEMBER, member.member_id),
            member_id=member.member_id,
            role=Role(member.role),
            permissions=PERMISSIONS[Role(member.role)],
            request_id="demo",
        )

    async def change_plan(self, tenant_id: TenantId, plan: str) -> None:
        await self.execute(ChangePlan(plan=plan), self.context(tenant_id))

    async def suspend(self, tenant_id: TenantId, *, reason: str) -> None:
        """Shut the tenant: no credential of it is valid until it is resumed."""
        await self.execute(SuspendTenant(reason=reason), self.context(tenant_id))

    async def resume(self, tenant_id: TenantId) -> None:
        await self.execute(ResumeTenant(), self.context(tenant_id))

    async def rotate_key(self, tenant_id: TenantId) -> tuple[int, int]:
        """Begin an epoch of the tenant's key, or end one that was begun; return it and how many keys it took over."""
        context = self.context(tenant_id)
        epoch = await self.colophon.key_rotation.begin(context)
        await self.execute(RecordKeyRotation(epoch=epoch), context)
        return epoch, await self.colophon.key_rotation.finish(context, epoch)

    async def master_keys(self) -> Sequence[KnownMasterKey]:
        return await self.colophon.key_rotation.master_keys()

    async def key_epochs(self, tenant_id: TenantId) -> Sequence[Epoch]:
        return await self.colophon.key_rotation.epochs(self.context(tenant_id))

    async def invite(self, tenant_id: TenantId, *, email: str, name: str, role: Role) -> tuple[InvitationId, str]:
        """Return the invitation's id and its link, which nobody can show again."""
        secret, invitation_id = new_secret("coli"), InvitationId(self.new_id())
        command = InviteMember(
            invitation_id=invitation_id,
            member_id=MemberId(self.new_id()),
            email=email,
            name=name,
            role=role,
            secret_hash=secret.digest,
        )
        await self.execute(command, self.context(tenant_id))
        return invitation_id, invitation_url(self.colophon.platform.public_url, secret)

    async def change_role(self, tenant_id: TenantId, email: str, role: Role) -> MemberId:
        member = await self.member(tenant_id, email)
        await self.execute(ChangeRole(member_id=member.member_id, role=role), self.context(tenant_id))
        return member.member_id

    async def remove_member(self, tenant_id: TenantId, email: str) -> MemberId:
        member, context = await self.member(tenant_id, email), self.context(tenant_id)
        await self.execute(RemoveMember(member_id=member.member_id), context)
        await self.colophon.platform.passwords.forget(member.member_id, context)
        return member.member_id

    async def context_for(self, slug: str | None) -> TenantContext:
        """Return the operator's context in a tenant, or in the house itself when none is named; raise NoSuchTenant."""
        return self.context(PLATFORM if slug is None else (await self.tenant(slug)).tenant_id)

    async def execute(self, command: object, context: TenantContext) -> Receipt:
        platform = self.colophon.platform
        with tenant_scope(context):
            return await platform.executor.execute(
                command, CommandContext(tenant=context, command_id=platform.new_id(), now=platform.now())
            )

    @staticmethod
    def context(tenant_id: TenantId) -> TenantContext:
        return TenantContext(
            tenant_id=tenant_id, actor=OPERATOR, permissions=OPERATOR_PERMISSIONS, request_id="command-line"
        )
