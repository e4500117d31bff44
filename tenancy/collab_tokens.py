"""Short-lived tokens that open one document's live session, for clients that cannot send headers."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain.actor import Actor
from domain.ids import DocumentId, MemberId, TenantId
from tenancy.context import TenantContext
from tenancy.credentials import Unauthenticated
from tenancy.roles import Permission

COLLAB_TOKEN_LIFETIME = timedelta(minutes=10)
_PREFIX = "colc_"


@dataclass(frozen=True, slots=True)
class CollabTokens:
    """Issues and reads tokens: the bearer's context for one document, signed with HMAC-SHA256."""

    key: bytes

    def issue(self, context: TenantContext, document_id: DocumentId, *, now: datetime) -> tuple[str, datetime]:
        """Return the token and when it expires."""
        expires_at = now + COLLAB_TOKEN_LIFETIME
        claims = {
            "tenant": str(context.tenant_id),
            "document": str(document_id),
            "actor": str(context.actor),
            "member": str(context.member_id) if context.member_id else None,
            "permissions": sorted(context.permissions),
            "expires": expires_at.timestamp(),
        }
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return f"{_PREFIX}{body}.{self._mac(body)}", expires_at

    def read(self, token: str, document_id: DocumentId, *, now: datetime, request_id: str) -> TenantContext:
        """Return the bearer's context; raise Unauthenticated for any other token, document or time."""
        body, _, mac = token.removeprefix(_PREFIX).partition(".")
        if not token.startswith(_PREFIX) or not hmac.compare_digest(mac.encode(), self._mac(body).encode()):
            raise Unauthenticated
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        if claims["document"] != str(document_id) or claims["expires"] <= now.timestamp():
            raise Unauthenticated
        return TenantContext(
            tenant_id=TenantId(UUID(claims["tenant"])),
            actor=Actor.parse(claims["actor"]),
            member_id=MemberId(UUID(claims["member"])) if claims["member"] else None,
            permissions=frozenset(map(Permission, claims["permissions"])),
            request_id=request_id,
        )

    @staticmethod
    def is_one(token: str) -> bool:
        """Tell a collab token from an API key by its prefix."""
        return token.startswith(_PREFIX)

    def _mac(self, body: str) -> str:
        return base64.urlsafe_b64encode(hmac.new(self.key, body.encode(), hashlib.sha256).digest()).decode().rstrip("=")
