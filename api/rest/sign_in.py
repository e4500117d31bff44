"""Signing in with a password, changing it, and everywhere that one is signed in."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field, SecretStr

from api import session_cookies
from api.authentication import Caller, CallerDep, PlatformDep
from api.commanding import CommandContextDep, command_context
from api.rest.models import ReceiptModel, Wire, receipt_model
from api.rest.session import SessionModel, session_model
from commands.directory.end_session import EndSession
from commands.directory.end_sessions import EndSessions
from commands.directory.open_session import OpenSession
from commands.directory.set_password import SetPassword
from domain.directory.passwords import accepted_password
from domain.errors import Forbidden, NotFound
from domain.ids import MemberId, SessionId
from projections import directory
from tenancy.context import tenant_scope
from tenancy.credentials import CredentialKind
from tenancy.identity import PasswordProof
from tenancy.secrets import new_secret

PASSWORD_CHARACTERS_READ_MAX = 1_000
CHANGES_MAX = 10

router = APIRouter(prefix="/api/v1", tags=["session"])

Typed = Annotated[SecretStr, Field(max_length=PASSWORD_CHARACTERS_READ_MAX)]


class SessionNeeded(Forbidden):
    """Passwords and sessions are a person's own business, in a browser; an API key does not reach them."""

    code: ClassVar = "session.needed"

    def __init__(self) -> None:
        super().__init__("Sign in with a browser for this.")


class NoSuchSession(NotFound):
    """You have no open session of this id."""

    code: ClassVar = "session.not_found"

    def __init__(self) -> None:
        super().__init__("There is no such session.")


class CurrentPasswordWrong(Forbidden):
    """Whoever changes a password proves that they know the present one."""

    code: ClassVar = "password.current_wrong"

    def __init__(self) -> None:
        super().__init__("The current password is not right.")


class SignInForm(Wire):
    tenant: Annotated[str, Field(max_length=100, description="The tenant's slug.")]
    email: Annotated[str, Field(max_length=320)]
    password: Typed


class PasswordForm(Wire):
    current: Typed | None = None
    new: Typed


class PasswordAnswer(Wire):
    receipt: ReceiptModel


class OpenSessionModel(Wire):
    id: UUID
    started_at: datetime | None
    expires_at: datetime
    current: bool


class OpenSessionList(Wire):
    items: list[OpenSessionModel]
    next_cursor: None = None


@router.post("/session")
async def sign_in(form: SignInForm, request: Request, platform: PlatformDep, response: Response) -> SessionModel:
    """Sign in with tenant, e-mail address and password; the answer sets the session's cookies."""
    session_cookies.require_own_page(request)
    proof = PasswordProof(
        tenant_slug=form.tenant,
        email=form.email,
        password=form.password.get_secret_value(),
        address=session_cookies.address_of(request),
    )
    member = await platform.identity.prove(proof)
    context = member.context(request_id=request.scope["state"]["request_id"])
    secret = new_secret("cols")
    command = OpenSession(
        member_id=member.member_id, session_id=SessionId(platform.new_id()), secret_hash=secret.digest
    )
    with tenant_scope(context):
        await platform.executor.execute(command, command_context(platform, context, None))
        answer = await session_model(platform, secret.text, request_id=context.request_id)
    session_cookies.begin(response, platform, secret.text)
    response.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/password")
async def change_password(
    form: PasswordForm, caller: CallerDep, context: CommandContextDep, platform: PlatformDep
) -> PasswordAnswer:
    """Set a password, or change it knowing the present one; every other session of yours ends."""
    member_id, session_id = _own_session(caller)
    tenant = caller.context
    async with platform.reads.as_app(tenant) as connection:
        member = (await directory.members_by_id(connection, tenant.tenant_id, [member_id]))[member_id]
    new = accepted_password(form.new.get_secret_value(), email=member.email, name=member.name)
    await platform.attempts.count([("change", str(member_id), CHANGES_MAX)])
    current = form.current.get_secret_value() if form.current is not None else ""
    if await platform.passwords.is_right(current, member_id, tenant) is False:
        raise CurrentPasswordWrong
    verifier_id = await platform.passwords.keep(new, member_id, tenant)
    command = SetPassword(member_id=member_id, verifier_id=verifier_id, kept_session=session_id)
    receipt = await platform.executor.execute(command, context)
    await platform.passwords.forget(member_id, tenant, but=verifier_id)
    await platform.attempts.forgive("change", str(member_id))
    return PasswordAnswer(receipt=receipt_model(receipt))


@router.get("/sessions")
async def list_sessions(caller: CallerDep, platform: PlatformDep) -> OpenSessionList:
    """List where you are signed in, newest first."""
    member_id, session_id = _own_session(caller)
    async with platform.reads.as_app(caller.context) as connection:
        found = await directory.open_sessions(connection, caller.context.tenant_id, member_id, now=platform.now())
    return OpenSessionList(
        items=[
            OpenSessionModel(
                id=card.session_id,
                started_at=card.started_at,
                expires_at=card.expires_at,
                current=card.session_id == session_id,
            )
            for card in found
        ]
    )


@router.delete("/sessions", status_code=204)
async def end_other_sessions(caller: CallerDep, context: CommandContextDep, platform: PlatformDep) -> None:
    """Sign out everywhere else."""
    member_id, session_id = _own_session(caller)
    await platform.executor.execute(EndSessions(member_id=member_id, kept_session=session_id), context)


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(session_id: UUID, caller: CallerDep, context: CommandContextDep, platform: PlatformDep) -> None:
    """Sign out in one place."""
    member_id, _ = _own_session(caller)
    async with platform.reads.as_app(caller.context) as connection:
        found = await directory.open_sessions(connection, caller.context.tenant_id, member_id, now=platform.now())
    if session_id not in {card.session_id for card in found}:
        raise NoSuchSession
    await platform.executor.execute(EndSession(session_id=SessionId(session_id)), context)


def _own_session(caller: Caller) -> tuple[MemberId, SessionId]:
    if caller.credential.kind is not CredentialKind.SESSION:
        raise SessionNeeded
    return caller.credential.member_id, SessionId(caller.credential.credential_id)
