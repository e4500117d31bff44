"""How each database role logs in: the password is derived from the master key, so that no setting holds it."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from infra.postgres.connecting import OTHER
from infra.postgres.engines import APP, ARCHIVER, ERASER, KEYRING, PROJECTOR, SEALER, WRITER

LOGIN_ROLES = (APP, WRITER, PROJECTOR, KEYRING, ERASER, SEALER, ARCHIVER)


@dataclass(frozen=True, slots=True)
class RoleLogins:
    """Connection parameters of every role, from the administrator's URL and the master key."""

    admin_url: str
    master_key: bytes
    keystore_url: str | None = None
    """The administrator's URL of the keystore, when it has a database of its own."""
    other_master_key: bytes | None = None
    """While one master key is exchanged for another, the second one of the two."""

    def password(self, role: str) -> str:
        """Return the role's password: 256 bits, in hexadecimal."""
        return _password(self.master_key, role)

    def parameters(self, role: str) -> dict[str, Any]:
        """Return psycopg's connection parameters for a role: the administrator's server and database."""
        url = self.keystore_url if role == KEYRING and self.keystore_url is not None else self.admin_url
        found = {**conninfo_to_dict(url), "user": role, "password": self.password(role)}
        return found if self.other_master_key is None else found | {OTHER: _password(self.other_master_key, role)}


def _password(master_key: bytes, role: str) -> str:
    return hmac.new(master_key, f"colophon/role/{role}/v1".encode(), hashlib.sha256).hexdigest()
