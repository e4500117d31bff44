"""How an edit came in; who may be credited with its text depends on it."""

from enum import StrEnum


class Transport(StrEnum):
    """Text that an IMPORT carries was written elsewhere, nobody knows by whom; a SUGGESTION's was decided on."""

    LIVE = "live"
    COMMAND = "command"
    IMPORT = "import"
    SUGGESTION = "suggestion"
