"""The link that an invited person opens."""

from tenancy.secrets import Secret


def invitation_url(public_url: str, secret: Secret) -> str:
    """Return the link; the secret stands behind the #, where no server's log sees it."""
    return f"{public_url.rstrip('/')}/invitation#{secret.text}"
