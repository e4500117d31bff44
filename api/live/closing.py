"""Why a live connection ends. 4400-4499 are permanent, 4500-4599 and 1013 are worth another try."""

from enum import IntEnum


class CloseCode(IntEnum):
    MALFORMED = 4400
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404
    ARCHIVED = 4409
    TOO_LARGE = 4413
    UNAVAILABLE = 4503
    OUT_OF_ORDER = 4510
    GOING_AWAY = 1012
    TOO_SLOW = 1013


class ConnectionRefused(Exception):
    """Ends one connection and nobody else's; the reason is a sentence for a developer, never content."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
