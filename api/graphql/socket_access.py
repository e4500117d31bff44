"""Who is on a WebSocket: by the upgrade request's header or cookie, or by the token in `connection_init`."""

import re
from collections.abc import Mapping

from starlette.websockets import WebSocket

from api.authentication import SESSION_COOKIE, Caller, identify, same_origin
from api.graphql.access import Access
from api.platform import Platform
from tenancy.credentials import CredentialKind, Unauthenticated, authenticate, context_of
from tenancy.secrets import digest

_BEARER = re.compile(r"Bearer +(\S+)", re.IGNORECASE)


class SocketAccess:
    """Browsers cannot send headers with a socket, so its first message may carry the token instead."""

    def __init__(self, websocket: WebSocket, platform: Platform) -> None:
        self._websocket = websocket
        self._platform = platform

    def may_open(self) -> bool:
        """Tell whether the handshake is acceptable: another site's page may not use a visitor's cookie."""
        return same_origin(self._websocket) or SESSION_COOKIE not in self._websocket.cookies

    async def opened(self, payload: object) -> Access:
        """Return the access of whoever opened the connection; raise Unauthenticated."""
        given = payload.get("authorization") if isinstance(payload, Mapping) else None
        if given is None:
            return Access(await identify(self._websocket), lambda: identify(self._websocket))
        bearer = _BEARER.fullmatch(given) if isinstance(given, str) else None
        if bearer is None:
            raise Unauthenticated
        secret = bearer.group(1)
        return Access(await self._of_key(secret), lambda: self._of_key(secret))

    async def _of_key(self, secret: str) -> Caller:
        credential = await authenticate(
            self._platform.credentials,
            secret,
            kinds=frozenset({CredentialKind.KEY}),
            now=self._platform.now(),
        )
        context = context_of(credential, request_id=self._websocket.scope["state"]["request_id"])
        return Caller(context, credential, digest(secret))
