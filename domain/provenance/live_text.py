"""Which ids of a document's state are text that can be read in it."""

from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.ids import NO_IDS, IdRanges
from domain.yjs.update import read_update


def live_text(state: bytes) -> IdRanges:
    """
    Return the ids of what was inserted as text, and was not deleted.

    The state is asked, not the edits: merging deletes what somebody wrote into a paragraph that somebody else was
    deleting, and no edit says so.
    """
    if not state:
        return NO_IDS
    contents = read_update(state, OWN_STATE_LIMITS)
    return contents.text.minus(contents.deleted)


def held_ids(state: bytes) -> IdRanges:
    """Return every id that a state holds, of text or not, deleted or not."""
    return read_update(state, OWN_STATE_LIMITS).inserted if state else NO_IDS
