"""Which of two master keys a process works with, and the exchange of one for the other."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.foundation import context_signer
from app.master_key import MasterKeys
from infra.event_store.key_wrapping import fingerprint
from infra.event_store.master_key_in_use import key_in_use, key_in_use_for_administrators
from infra.postgres.role_logins import RoleLogins

if TYPE_CHECKING:
    from infra.event_store.master_key_exchange import MasterKeyExchange


async def as_in_use(keys: MasterKeys, database_url: str, keystore_url: str | None) -> MasterKeys:
    """Return them with the one that the database is under before the other. Raises WrongMasterKey."""
    if keys.other is None:
        return keys
    return _led_by(keys, await key_in_use(RoleLogins(database_url, keys.key, keystore_url, keys.other)))


async def migrated(keys: MasterKeys, admin_url: str, keystore_url: str | None) -> str:
    """Migrate under the key that the database is under, and return the revision."""
    from infra.postgres.migrate import migrate  # noqa: PLC0415  # heavy; most processes never migrate

    in_use = None
    if keys.other is not None:
        in_use = await key_in_use_for_administrators(keystore_url or admin_url)
        in_use = in_use or await key_in_use_for_administrators(admin_url)
    led = _led_by(keys, in_use)
    logins = RoleLogins(admin_url, led.key, other_master_key=led.other)
    return await migrate(admin_url, logins, context_signer(led.key), keystore_url=keystore_url)


def exchange(
    keys: MasterKeys, admin_url: str, keystore_url: str | None, tell: Callable[[str], None]
) -> "MasterKeyExchange":
    """Return the exchange of the other one for the first."""
    from infra.event_store.master_key_exchange import MasterKeyExchange  # noqa: PLC0415  # heavy; see above

    return MasterKeyExchange(
        admin_url=admin_url,
        keystore_url=keystore_url,
        new=keys.key,
        former=keys.other,
        signer_of=context_signer,
        tell=tell,
    )


def _led_by(keys: MasterKeys, in_use: str | None) -> MasterKeys:
    if keys.other is not None and in_use == fingerprint(keys.other):
        return MasterKeys(key=keys.other, other=keys.key)
    return keys
