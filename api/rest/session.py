"""Browser sessions: begin with a one-time link, look, end; and tokens for live sessions."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api import session_cookies
from api.authentication import SESSION_COOKIE, CallerDep, PlatformDep, csrf_token
from api.commanding import CommandContextDep, command_context
from api.platform import Platform
from api.rest.models import Wire
from api.rest.reading import Reader
from commands.directory.end_session import EndSession
from commands.directory.redeem_sign_in_link import RedeemSignInLink
from commands.event_log import VersionConflict
from commands.streams import load_body_kind
from domain.document.decisions import NoSuchDocument
from domain.ids import DocumentId, SessionId, SignInLinkId
from domain.settings.registry import REGISTRY
from domain.settings.values import Kind
from projections import directory
from tenancy.context import TenantContext, tenant_scope
from tenancy.credentials import Credential, CredentialKind, Unauthenticated, authenticate, context_of
from tenancy.document_rights import Access
from tenancy.roles import Permission
from tenancy.secrets import new_secret

router = APIRouter(tags=["session"])


class MemberInSession(Wire):
    id: UUID
    name: str
    email: str
    role: str


class TenantInSession(Wire):
    id: UUID
    slug: str
    name: str


class SessionModel(Wire):
    """Who is signed in, and the token that pages send as X-CSRF-Token with every change."""

    member: MemberInSession
    tenant: TenantInSession
    permissions: list[str]
    features: dict[str, bool]
    csrf_token: str


class CollabToken(Wire):
    token: str
    expires_at: datetime
    read_only: bool


@router.get("/sign-in/{token}", include_in_schema=False)
async def redeem_link(token: str, request: Request, platform: PlatformDep, next: str = "/") -> Response:  # noqa: A002
    """Use up a one-time link: set the session cookies and go on to `next`, a page of ours."""
    # Judged first: nothing that `next` holds may fail once the link is used up.
    page, session = _page_of_ours(next), new_secret("cols")
    try:
        link = await authenticate(
            platform.credentials, token, kinds=frozenset({CredentialKind.LINK}), now=platform.now()
        )
        context = context_of(link, request_id=request.scope["state"]["request_id"])
        command = RedeemSignInLink(
            link_id=SignInLinkId(link.credential_id),
            member_id=link.member_id,
            session_id=SessionId(platform.new_id()),
            secret_hash=session.digest,
        )
        with tenant_scope(context):
            await platform.executor.execute(command, command_context(platform, context, None))
    except (Unauthenticated, VersionConflict):
        return RedirectResponse("/sign-in?problem=link_expired", 303)
    response = RedirectResponse(page, 303, headers={"Cache-Control": "no-store"})
    session_cookies.begin(response, platform, session.text)
    return response


def _page_of_ours(target: str) -> str:
    """Return the path of a page of ours; anything that could lead elsewhere becomes the first page."""
    try:
        elsewhere = urlsplit(target).netloc
    except ValueError:  # a host that is none, as in //[x
        return "/"
    harmless = target.startswith("/") and not target.startswith(("//", "/\\")) and not elsewhere
    return target if harmless and target.isprintable() else "/"


@router.get("/api/v1/session")
async def get_session(request: Request, caller: CallerDep, platform: PlatformDep) -> SessionModel:
    """Return who is signed in."""
    return await _session_model(platform, caller.context, caller.credential, request.cookies.get(SESSION_COOKIE, ""))


async def session_model(platform: Platform, secret: str, *, request_id: str) -> SessionModel:
    """Return what a session that has just begun is."""
    credential = await authenticate(
        platform.credentials, secret, kinds=frozenset({CredentialKind.SESSION}), now=platform.now()
    )
    return await _session_model(platform, context_of(credential, request_id=request_id), credential, secret)


async def _session_model(
    platform: Platform, context: TenantContext, credential: Credential, secret: str
) -> SessionModel:
    async with platform.reads.as_app(context) as connection:
        tenant = await directory.tenant_card(connection, context.tenant_id)
        members = await directory.members_by_id(connection, context.tenant_id, [credential.member_id])
    member = members[credential.member_id]
    policy = await platform.policies.of(context)
    return SessionModel(
        member=MemberInSession(id=member.member_id, name=member.name, email=member.email, role=member.role),
        tenant=TenantInSession(id=tenant.tenant_id, slug=tenant.slug, name=tenant.name),
        permissions=sorted(context.permissions),
        features={key: policy.flag(key) for key, d in REGISTRY.items() if d.kind is Kind.FLAG},
        csrf_token=csrf_token(secret),
    )


@router.delete("/api/v1/session", status_code=204)
async def sign_out(caller: CallerDep, context: CommandContextDep, platform: PlatformDep, response: Response) -> None:
    """End the browser session; an API key is not a session and stays."""
    if caller.credential.kind is CredentialKind.SESSION:
        await platform.executor.execute(EndSession(session_id=SessionId(caller.credential.credential_id)), context)
    session_cookies.end(response)


@router.post("/api/v1/documents/{document_id}/collab-token")
async def issue_collab_token(document_id: UUID, caller: Reader, platform: PlatformDep) -> CollabToken:
    """Return a short-lived token for `/collab/{document_id}?token=`."""
    access = await platform.document_rights.access(DocumentId(document_id), caller.context)
    if access is None:
        raise NoSuchDocument(DocumentId(document_id))
    await load_body_kind(platform.log, DocumentId(document_id), caller.context)
    token, expires_at = platform.collab_tokens.issue(caller.secret_digest, DocumentId(document_id), now=platform.now())
    read_only = access is not Access.WRITE or Permission.DOCUMENT_WRITE not in caller.context.permissions
    return CollabToken(token=token, expires_at=expires_at, read_only=read_only)
