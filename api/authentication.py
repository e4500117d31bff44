"""Who is asking: API key, browser session or nobody; and the tenant scope of the request."""

import hmac
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, cast

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.requests import HTTPConnection

from api.platform import Platform
from domain.errors import Forbidden
from tenancy.context import TenantContext, tenant_scope
from tenancy.credentials import Credential, CredentialKind, Unauthenticated, authenticate, context_of
from tenancy.secrets import digest

SESSION_COOKIE = "colophon_session"
CSRF_COOKIE = "colophon_csrf"
CSRF_HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_MODELS_PREFIX = "/v1/"
_BEARER = re.compile(r"Bearer +(\S+)", re.IGNORECASE)


class CSRFTokenMissing(Forbidden):
    """A browser session changes something without the token that only our own pages know."""

    code: ClassVar = "authentication.csrf_token_missing"

    def __init__(self) -> None:
        super().__init__("The X-CSRF-Token header is missing or wrong.")


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller: the tenant context, the credential that it came from, and how to find that again."""

    context: TenantContext
    credential: Credential
    secret_digest: bytes


def platform_of(connection: HTTPConnection) -> Platform:
    """Return the platform that this process serves."""
    return cast("Platform", connection.app.state.platform)


def csrf_token(session_secret: str) -> str:
    """Return the token that belongs to a session: derived, so that nothing more needs to be stored."""
    return digest(f"csrf:{session_secret}").hex()


async def identify(connection: HTTPConnection) -> Caller:
    """Return who asks; raise Unauthenticated. A bearer token wins over the cookie."""
    platform = platform_of(connection)
    request_id = connection.scope["state"]["request_id"]
    bearer = bearer_of(connection) or _anthropic_key_of(connection)
    if bearer is not None:
        kinds, secret = frozenset({CredentialKind.KEY}), bearer
    elif "authorization" in connection.headers:
        raise Unauthenticated
    else:
        kinds, secret = frozenset({CredentialKind.SESSION}), connection.cookies.get(SESSION_COOKIE, "")
    # Whoever calls models calls them often.
    known = platform.recent_keys if connection.scope["path"].startswith(_MODELS_PREFIX) else platform.credentials
    credential = await authenticate(known, secret, kinds=kinds, now=platform.now())
    method = connection.scope.get("method", "GET")
    if credential.kind is CredentialKind.SESSION and method not in SAFE_METHODS:
        require_csrf_token(connection, secret)
    context = context_of(credential, request_id=request_id)
    # For the line that is logged when the request is over and its scope is left.
    connection.scope["state"]["tenant_context"] = context
    return Caller(context, credential, digest(secret))


def bearer_of(connection: HTTPConnection) -> str | None:
    """Return the token of the Authorization header, if it holds one."""
    bearer = _BEARER.fullmatch(connection.headers.get("authorization", ""))
    return None if bearer is None else bearer.group(1)


def _anthropic_key_of(connection: HTTPConnection) -> str | None:
    """Return the key where clients of Anthropic put it; no browser sends such a header by itself."""
    if "authorization" in connection.headers or not connection.scope["path"].startswith(_MODELS_PREFIX):
        return None
    return connection.headers.get("x-api-key") or None


def require_csrf_token(connection: HTTPConnection, session_secret: str) -> None:
    """Raise CSRFTokenMissing unless the request proves that one of our own pages made it."""
    # As bytes: comparing text raises for anything outside ASCII, and a header may hold it.
    offered = connection.headers.get(CSRF_HEADER, "").encode()
    if not hmac.compare_digest(offered, csrf_token(session_secret).encode()):
        raise CSRFTokenMissing


def same_origin(connection: HTTPConnection) -> bool:
    """Tell whether a browser's request was made by one of our own pages (cookies are sent by any)."""
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    host = origin.partition("://")[2]
    public_host = platform_of(connection).public_url.partition("://")[2].rstrip("/")
    return host in {connection.headers.get("host", ""), public_host}


_API_KEY = HTTPBearer(auto_error=False, scheme_name="apiKey", description="An API key, `colk_...`.")
_SESSION = APIKeyCookie(
    name=SESSION_COOKIE,
    auto_error=False,
    scheme_name="session",
    description="A browser session; changes also need the header X-CSRF-Token, which GET /api/v1/session tells.",
)


CREDENTIALS_DESCRIBED = (Security(_API_KEY), Security(_SESSION))
"""For routes that identify who asks by themselves, so that the description says how."""


async def _caller(
    request: Request,
    _api_key: Annotated[object, Security(_API_KEY)],  # these two only describe what `identify` reads
    _session: Annotated[object, Security(_SESSION)],
) -> AsyncIterator[Caller]:
    caller = await identify(request)
    with tenant_scope(caller.context):
        yield caller


CallerDep = Annotated[Caller, Depends(_caller)]
PlatformDep = Annotated[Platform, Depends(platform_of)]
