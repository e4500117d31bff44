"""The five ways in which a rule refuses; each concrete refusal stands beside the decision that raises it."""

from typing import ClassVar


class DomainError(Exception):
    """A refusal with a stable code and its facts; it knows nothing of HTTP and carries no content."""

    code: ClassVar[str]

    def facts(self) -> dict[str, object]:
        """Return what a client may know about this refusal, as JSON values."""
        return {}


class NotFound(DomainError):
    """There is no such thing, or it is another tenant's, which is the same answer."""


class Conflict(DomainError):
    """The thing is not in the state that the request supposed."""


class Forbidden(DomainError):
    """Whoever asks may not do this here."""


class Invalid(DomainError):
    """The request can never succeed as it stands."""


class LimitReached(DomainError):
    """A limit is reached; the same request may succeed later or smaller."""
