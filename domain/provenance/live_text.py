"""Which ids a document's state holds, and which of them are text that can be read in it."""

from domain.yjs.depth import OWN_STATE_LIMITS
from domain.yjs.ids import NO_IDS, IdRanges
from domain.yjs.update import read_update


def held_and_live(state: bytes) -> tuple[IdRanges, IdRanges]:
    """
    Return every id, and those of text that was not deleted.

    The state is asked, not the edits: merging deletes what somebody wrote into a paragraph that somebody else was
    deleting, and no edit says so.
    """
    if not state:
        return NO_IDS, NO_IDS
    contents = read_update(state, OWN_STATE_LIMITS)
    return contents.inserted, contents.text.minus(contents.deleted)
