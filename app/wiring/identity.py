"""Signing in with a password."""

from dataclasses import dataclass

from app.foundation import Foundation
from infra.identity.hashing import Argon2Hashing
from infra.identity.passwords import KeystorePasswords, PasswordIdentity
from infra.redis.attempts import RedisAttempts
from tenancy.identity import Attempts, Identity, PasswordProof, Passwords


@dataclass(frozen=True, slots=True)
class SignIn:
    """Ports of delivery."""

    passwords: Passwords
    identity: Identity[PasswordProof]
    attempts: Attempts


def wire_identity(base: Foundation) -> SignIn:
    """Wire it. Nothing connects yet."""
    hashing = Argon2Hashing()
    passwords = KeystorePasswords(base.databases, hashing)
    attempts = RedisAttempts(base.redis, base.derived("sign-in-attempts"))
    return SignIn(passwords, PasswordIdentity(base.databases, passwords, hashing, attempts), attempts)
