"""How an edit came in; who may be credited with its text depends on it."""

from enum import StrEnum


class Transport(StrEnum):
    """
    Text that an IMPORT carries was written elsewhere, nobody knows by whom; a SUGGESTION's was decided on.

    What comes after these brings back or takes away what others wrote: `domain.history.events` says which.
    """

    LIVE = "live"
    COMMAND = "command"
    IMPORT = "import"
    SUGGESTION = "suggestion"
    RESTORE = "restore"
    UNDO = "undo"
    REDO = "redo"
    REVERT = "revert"
