"""The installation's signing key: made once, kept in the keystore, wrapped by a key that opens nothing else."""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.evidence.notes import Checkpoint, parsed_note, signed_note
from infra.event_store.key_wrapping import derived, fingerprint, unwrapped
from tenancy.context import every_tenant

MANIFEST_PREFIX = b"colophon-manifest/v1\n"
"""Before what is signed of a manifest, so that no signature of one kind ever fits the other."""

_NEWEST = text("SELECT public_key, wrapped FROM keystore.signing_keys ORDER BY number DESC LIMIT 1")
_FIRST = text(
    "INSERT INTO keystore.signing_keys (number, public_key, wrapped, master_key) "
    "VALUES (1, :public_key, :wrapped, :master_key) "
    "ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Signs checkpoints and manifests, nothing else."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    def note(self, checkpoint: Checkpoint) -> str:
        """Return the checkpoint as a signed note; the signer's name is the log's."""
        signed = checkpoint.text()
        return signed_note(signed, checkpoint.origin, self.public, self.private.sign(signed.encode()))

    def manifest_signature(self, manifest: bytes) -> bytes:
        return self.private.sign(MANIFEST_PREFIX + manifest)

    def has_signed(self, checkpoint: Checkpoint, note: str) -> bool:
        """Tell whether the note is exactly this checkpoint under this key."""
        try:
            found, name, signature = parsed_note(note)
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, found.text().encode())
        except (ValueError, InvalidSignature):
            return False
        return found == checkpoint and name == checkpoint.origin


def signing_wrapping_key(master_key: bytes) -> bytes:
    """Return the key that wraps the signing key and nothing else."""
    return derived(master_key, "signing-key")


class SigningKeys:
    """Finds the key, makes the first one; kept in memory afterwards."""

    def __init__(self, sealer: AsyncEngine, master_key: bytes, other_master_key: bytes | None = None) -> None:
        self._sealer = sealer
        self._master_key = master_key
        keys = [key for key in (master_key, other_master_key) if key is not None]
        self._wrapping_keys = [signing_wrapping_key(key) for key in keys]
        self._key: SigningKey | None = None

    async def newest(self) -> SigningKey:
        """Return the key that signs now. Raises WrongMasterKey."""
        if self._key is None:
            self._key = await self._load()
        return self._key

    async def _load(self) -> SigningKey:
        with every_tenant(reason="one key signs for all tenants"):
            async with self._sealer.begin() as connection:
                row = (await connection.execute(_NEWEST)).one_or_none()
                if row is None:
                    await connection.execute(_FIRST, self._made())
                    # Another process may have made it first; the one that is stored is the one that counts.
                    row = (await connection.execute(_NEWEST)).one()
        opened = unwrapped(bytes(row.wrapped), self._wrapping_keys)
        return SigningKey(Ed25519PrivateKey.from_private_bytes(opened))

    def _made(self) -> dict[str, object]:
        key = Ed25519PrivateKey.generate()
        wrapped = aes_key_wrap(self._wrapping_keys[0], key.private_bytes_raw())
        made = {"public_key": key.public_key().public_bytes_raw(), "wrapped": wrapped}
        return {**made, "master_key": fingerprint(self._master_key)}
