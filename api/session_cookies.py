"""The cookies of a browser session: set when it begins, gone when it ends."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.authentication import CSRF_COOKIE, SESSION_COOKIE, CSRFTokenMissing, csrf_token, same_origin
from api.platform import Platform
from domain.directory.decisions import SESSION_LIFETIME


def begin(response: Response, platform: Platform, session_secret: str) -> None:
    """Give the browser its session."""
    secure = platform.public_url.startswith("https://")
    seconds = int(SESSION_LIFETIME.total_seconds())
    response.set_cookie(SESSION_COOKIE, session_secret, max_age=seconds, httponly=True, samesite="lax", secure=secure)
    response.set_cookie(CSRF_COOKIE, csrf_token(session_secret), max_age=seconds, samesite="lax", secure=secure)


def end(response: Response) -> None:
    """Take it back."""
    response.delete_cookie(SESSION_COOKIE)
    response.delete_cookie(CSRF_COOKIE)


def require_own_page(connection: HTTPConnection) -> None:
    """Raise CSRFTokenMissing when another site's page tries to sign its visitor in here: there is no token yet."""
    if not same_origin(connection):
        raise CSRFTokenMissing


def address_of(connection: HTTPConnection) -> str:
    """Return where a request comes from, for counting attempts."""
    return connection.client.host if connection.client is not None else "unknown"
