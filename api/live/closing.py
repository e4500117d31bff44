"""Why a live connection ends. 4400-4499 are permanent but for 4408; the others are worth another try."""

from enum import IntEnum


class CloseCode(IntEnum):
    MALFORMED = 4400
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404
    SILENT = 4408
    ARCHIVED = 4409
    TOO_LARGE = 4413
    IDS_TAKEN = 4422
    UNAVAILABLE = 4503
    OUT_OF_ORDER = 4510
    TOO_FAST = 4529
    RESET = 4205
    FRAME_TOO_LARGE = 1009
    GOING_AWAY = 1012
    TOO_SLOW = 1013

    @property
    def is_permanent(self) -> bool:
        """Tell whether coming back as before would end the same."""
        return _PERMANENT_FROM <= self < _TRANSIENT_FROM and self is not CloseCode.SILENT


_PERMANENT_FROM, _TRANSIENT_FROM = 4400, 4500


class ConnectionRefused(Exception):
    """Ends one connection and nobody else's; the reason is a sentence for a developer, never content."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason

    def again(self) -> "ConnectionRefused":
        """Return it to be raised: one that is raised more than once keeps the frames of all whom it ended."""
        return ConnectionRefused(self.code, self.reason)
