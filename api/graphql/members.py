"""Inviting people, changing what they may do, and parting with them, over GraphQL."""

from enum import Enum
from typing import Annotated

import strawberry

from api.graphql.authorisation import Requires
from api.graphql.fields import resolved
from api.graphql.ids import member_id_in
from api.graphql.operation import Info, Operation
from api.graphql.tenants import Member
from api.graphql.user_errors import AnswersRefusals, UserError
from api.graphql.writing import CLIENT_ID, KEY, WriteReceipt, send
from api.invitation_links import invitation_url
from commands.directory.change_role import ChangeRole
from commands.directory.invite_member import InviteMember
from commands.directory.remove_member import RemoveMember
from domain.directory import roles
from domain.ids import InvitationId, MemberId
from projections.directory import members_by_id
from tenancy.roles import Permission
from tenancy.secrets import new_secret


@strawberry.enum(description="What a member may do; the permissions page has the table.")
class Role(Enum):
    OWNER = strawberry.enum_value("owner", description="Answers for the tenant; only owners make owners.")
    ADMIN = strawberry.enum_value("admin", description="Administers it.")
    EDITOR = strawberry.enum_value("editor", description="Writes.")
    VIEWER = strawberry.enum_value("viewer", description="Reads.")
    AUDITOR = strawberry.enum_value("auditor", description="Reads, and sees what happened.")


@strawberry.input(description="Somebody to invite.")
class MemberInviteInput:
    email: str = strawberry.field(description="The e-mail address.")
    role: Role = strawberry.field(description="What they will be.")
    name: str | None = strawberry.field(default=None, description="Until they say how they are called.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="Another role for a member.")
class MemberChangeRoleInput:
    id: strawberry.ID = strawberry.field(description="The member.")
    role: Role = strawberry.field(description="What they are from now on.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.input(description="A member to part with.")
class MemberRemoveInput:
    id: strawberry.ID = strawberry.field(description="The member.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="An invitation, or why there is none.")
class MemberInvitePayload:
    invitation_id: strawberry.ID | None = strawberry.field(default=None, description="What it is taken back by.")
    url: str | None = strawberry.field(default=None, description="The link, shown once; null for a repeated request.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type(description="The member after the change, or why there was none.")
class MemberPayload:
    member: Member | None = strawberry.field(default=None, description="As they are after the change.")
    receipt: WriteReceipt | None = strawberry.field(default=None, description="Null when nothing was done.")
    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty when it was."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_ID)


@strawberry.type
class MembersMutation:
    @resolved("Invite somebody.", Requires(Permission.MEMBER_WRITE), AnswersRefusals(MemberInvitePayload))
    async def member_invite(
        self,
        info: Info,
        input: Annotated[MemberInviteInput, strawberry.argument(description="Whom, and as what.")],  # noqa: A002
    ) -> MemberInvitePayload:
        platform, secret = info.context.platform, new_secret("coli")
        command = InviteMember(
            invitation_id=InvitationId(platform.new_id()),
            member_id=MemberId(platform.new_id()),
            email=input.email,
            name=input.name if input.name is not None else input.email.partition("@")[0],
            role=roles.Role[input.role.name],
            secret_hash=secret.digest,
        )
        receipt = await send(info.context, command, input.idempotency_key)
        leads_somewhere = await platform.credentials.find(secret.digest) is not None
        return MemberInvitePayload(
            invitation_id=strawberry.ID(str(receipt.stream_id)),
            url=invitation_url(platform.public_url, secret) if leads_somewhere else None,
            receipt=WriteReceipt(position=receipt.position),
        )

    @resolved("Give a member another role.", Requires(Permission.MEMBER_WRITE), AnswersRefusals(MemberPayload))
    async def member_change_role(
        self,
        info: Info,
        input: Annotated[MemberChangeRoleInput, strawberry.argument(description="Whose, to what.")],  # noqa: A002
    ) -> MemberPayload:
        command = ChangeRole(member_id=member_id_in(input.id), role=roles.Role[input.role.name])
        return await _changed(info.context, command, input.idempotency_key)

    @resolved(
        "Part with a member: sessions, keys and open connections end.",
        Requires(Permission.MEMBER_WRITE),
        AnswersRefusals(MemberPayload),
    )
    async def member_remove(
        self,
        info: Info,
        input: Annotated[MemberRemoveInput, strawberry.argument(description="With whom.")],  # noqa: A002
    ) -> MemberPayload:
        member_id = member_id_in(input.id)
        done = await _changed(info.context, RemoveMember(member_id=member_id), input.idempotency_key)
        await info.context.platform.passwords.forget(member_id, info.context.tenant)
        return done


async def _changed(operation: Operation, command: ChangeRole | RemoveMember, key: str | None) -> MemberPayload:
    receipt = await send(operation, command, key)
    async with operation.reading() as transaction:
        found = await members_by_id(transaction, operation.tenant.tenant_id, [command.member_id])
    return MemberPayload(
        member=Member.from_card(found[command.member_id]), receipt=WriteReceipt(position=receipt.position)
    )
