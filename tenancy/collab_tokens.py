"""Short-lived tokens that open one document's live session, for clients that cannot send headers."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.ids import DocumentId
from tenancy.credentials import Unauthenticated

COLLAB_TOKEN_LIFETIME = timedelta(minutes=10)
_PREFIX = "colc_"


@dataclass(frozen=True, slots=True)
class CollabTokens:
    """
    Issues and reads tokens: one document and the credential that stands behind it, signed with HMAC-SHA256.

    A token names the credential by its secret's digest and carries no rights of its own: whoever reads one asks what
    the credential may do now, so that a token dies with it. The expiry is for connecting, not for the connection.
    """

    key: bytes

    def issue(self, secret_digest: bytes, document_id: DocumentId, *, now: datetime) -> tuple[str, datetime]:
        """Return the token and until when it opens the document."""
        expires_at = now + COLLAB_TOKEN_LIFETIME
        claims = {
            "document": str(document_id),
            "credential": secret_digest.hex(),
            "expires": expires_at.timestamp(),
        }
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return f"{_PREFIX}{body}.{self._mac(body)}", expires_at

    def read(self, token: str, document_id: DocumentId, *, now: datetime) -> bytes:
        """Return the digest of the credential's secret; raise Unauthenticated for any other token, document or time."""
        body, _, mac = token.removeprefix(_PREFIX).partition(".")
        if not token.startswith(_PREFIX) or not hmac.compare_digest(mac.encode(), self._mac(body).encode()):
            raise Unauthenticated
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        if claims["document"] != str(document_id) or claims["expires"] <= now.timestamp():
            raise Unauthenticated
        return bytes.fromhex(claims["credential"])

    @staticmethod
    def is_one(token: str) -> bool:
        """Tell a collab token from an API key by its prefix."""
        return token.startswith(_PREFIX)

    def _mac(self, body: str) -> str:
        return base64.urlsafe_b64encode(hmac.new(self.key, body.encode(), hashlib.sha256).digest()).decode().rstrip("=")
