"""Whom presence shows: the member behind the credential, whatever a client says of itself."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from api.platform import Platform
from domain.sealed import ERASED
from domain.yjs import protocol
from projections import directory
from tenancy.context import TenantContext

LOOKS: Final = ("color", "colorLight")
"""What a client may choose of its `user`."""
LOOK_CHARACTERS_MAX: Final = 64
CLAIMS: Final = frozenset({"id", "name", "userId", "userName", "username", "displayName", "email", "avatar"})
"""Where clients without a `user` say who they are."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A member as others see it."""

    id: str
    name: str

    def shown_in(self, state: str) -> str:
        """Return what a client says of itself, with this member as its `user`. Raises MalformedMessage."""
        said = protocol.read_state(state)
        if not isinstance(said, dict):
            return state
        claimed = said.get("user")
        looks = {look: claimed.get(look) for look in LOOKS} if isinstance(claimed, dict) else {}
        rest = {key: value for key, value in said.items() if key not in CLAIMS}
        chosen = {k: v for k, v in looks.items() if isinstance(v, str) and len(v) <= LOOK_CHARACTERS_MAX}
        user = {"id": self.id, "name": self.name, **chosen}
        return _written({**rest, "user": user})


def _written(state: dict[str, Any]) -> str:
    try:
        text = json.dumps(state, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        # A number that reads as infinite would be written as what no client can read.
        raise protocol.MalformedMessage("number too large", 0) from None
    # Half of a surrogate pair is JSON when it is escaped, and no text when it is not.
    return text if text.isascii() or not _SURROGATE.search(text) else json.dumps(state, separators=(",", ":"))


async def identity_of(platform: Platform, context: TenantContext) -> Identity:
    """Return the member behind a credential, by the name that colleagues see."""
    member_id = context.member_id
    if member_id is None:
        return Identity(id=str(context.actor), name=ERASED)
    async with platform.reads.as_app(context) as connection:
        cards = await directory.members_by_id(connection, context.tenant_id, [member_id])
    return Identity(id=str(member_id), name=cards[member_id].name if member_id in cards else ERASED)


def member_in(state: str) -> str | None:
    """Return whom a state is of that was shown by a server of ours. Raises MalformedMessage."""
    said = protocol.read_state(state)
    user = said.get("user") if isinstance(said, dict) else None
    member = user.get("id") if isinstance(user, dict) else None
    return member if isinstance(member, str) else None
