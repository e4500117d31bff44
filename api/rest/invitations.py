"""Accepting an invitation: what it is, and becoming a member by it; nobody is signed in yet."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field, SecretStr

from api import session_cookies
from api.authentication import PlatformDep
from api.commanding import command_context
from api.platform import Platform
from api.rest.models import ReceiptModel, Wire, receipt_model
from api.rest.session import TenantInSession
from api.rest.sign_in import Typed
from commands.directory.accept_invitation import AcceptInvitation
from commands.event_log import VersionConflict
from domain.actor import Actor, ActorKind
from domain.directory.decisions import one_line
from domain.directory.membership import InvitationNotValid, NoSuchInvitation
from domain.directory.passwords import accepted_password
from domain.ids import InvitationId, MemberId, SessionId
from projections import directory
from projections.directory import InvitationCard
from tenancy.context import TenantContext, tenant_scope
from tenancy.credentials import Credential, CredentialKind, Unauthenticated, authenticate
from tenancy.roles import Permission
from tenancy.secrets import SECRET_CHARACTERS_MAX, new_secret

ADDRESS_ATTEMPTS_MAX = 100

router = APIRouter(prefix="/api/v1/invitations", tags=["session"])

Secret = Annotated[SecretStr, Field(max_length=SECRET_CHARACTERS_MAX)]


class InvitationSecret(Wire):
    secret: Secret


class InvitationModel(Wire):
    """What somebody is invited to."""

    tenant: TenantInSession
    email: str
    name: str
    role: str
    expires_at: datetime


class AcceptanceForm(Wire):
    secret: Secret
    name: str
    password: Typed


class AcceptanceAnswer(Wire):
    member_id: UUID
    tenant: TenantInSession
    receipt: ReceiptModel


@router.post("/preview")
async def preview_invitation(form: InvitationSecret, request: Request, platform: PlatformDep) -> InvitationModel:
    """Tell what an invitation is to, without using it."""
    credential = await _valid(form.secret, request, platform)
    context = _context(credential, request)
    with tenant_scope(context):
        tenant, card = await _looked_up(platform, context, credential)
    return InvitationModel(tenant=tenant, email=card.email, name=card.name, role=card.role, expires_at=card.expires_at)


@router.post("/accept", status_code=201)
async def accept_invitation(
    form: AcceptanceForm, request: Request, platform: PlatformDep, response: Response
) -> AcceptanceAnswer:
    """Become a member with a password of your own; the answer signs you in."""
    session_cookies.require_own_page(request)
    credential = await _valid(form.secret, request, platform)
    context, session = _context(credential, request), new_secret("cols")
    with tenant_scope(context):
        tenant, card = await _looked_up(platform, context, credential)
        name = one_line("name", form.name)
        password = accepted_password(form.password.get_secret_value(), email=card.email, name=name)
        verifier_id = await platform.passwords.keep(password, card.member_id, context)
        command = AcceptInvitation(
            invitation_id=card.invitation_id,
            name=name,
            verifier_id=verifier_id,
            session_id=SessionId(platform.new_id()),
            session_secret_hash=session.digest,
        )
        try:
            receipt = await platform.executor.execute(command, command_context(platform, context, None))
        except (VersionConflict, NoSuchInvitation):
            raise InvitationNotValid from None
        await platform.passwords.forget(card.member_id, context, but=verifier_id)
    session_cookies.begin(response, platform, session.text)
    response.headers["Cache-Control"] = "no-store"
    return AcceptanceAnswer(member_id=card.member_id, tenant=tenant, receipt=receipt_model(receipt))


async def _valid(secret: SecretStr, request: Request, platform: Platform) -> Credential:
    address = session_cookies.address_of(request)
    await platform.attempts.count([("invitation", address, ADDRESS_ATTEMPTS_MAX)])
    try:
        return await authenticate(
            platform.credentials,
            secret.get_secret_value(),
            kinds=frozenset({CredentialKind.INVITATION}),
            now=platform.now(),
        )
    except Unauthenticated:
        raise InvitationNotValid from None


def _context(credential: Credential, request: Request) -> TenantContext:
    """Return the context of somebody who may become a member and can do nothing else."""
    return TenantContext(
        tenant_id=credential.tenant_id,
        actor=Actor(ActorKind.MEMBER, credential.member_id),
        member_id=MemberId(credential.member_id),
        permissions=frozenset({Permission.SIGN_IN}),
        request_id=request.scope["state"]["request_id"],
    )


async def _looked_up(
    platform: Platform, context: TenantContext, credential: Credential
) -> tuple[TenantInSession, InvitationCard]:
    async with platform.reads.as_app(context) as connection:
        tenant = await directory.tenant_card(connection, context.tenant_id)
        cards = await directory.open_invitations(connection, context.tenant_id)
    card = next((c for c in cards if c.invitation_id == InvitationId(credential.credential_id)), None)
    if card is None:
        raise InvitationNotValid
    return TenantInSession(id=tenant.tenant_id, slug=tenant.slug, name=tenant.name), card
