"""What a room reads of the log, in a thread: a grown document takes milliseconds that the event loop does not have."""

from collections.abc import Sequence

from commands.bodies import Replica
from domain.yjs.depth import OWN_STATE_LIMITS, OWN_VECTOR_LIMITS
from domain.yjs.known import KnownIds
from domain.yjs.protocol import read_state_vector
from domain.yjs.update import UpdateContents, read_update


def loaded(replica: Replica, state: bytes) -> KnownIds:
    """Fill the replica; return what it then knows. Reading all structs would take thirty times as long."""
    replica.apply(state)
    vector = replica.state_vector()
    # Whoever lacks nothing is still told of all deletions.
    deleted = read_update(replica.diff(vector), OWN_STATE_LIMITS).deleted
    return KnownIds.of(read_state_vector(vector, OWN_VECTOR_LIMITS), deleted)


def read_all(updates: Sequence[bytes]) -> list[UpdateContents]:
    return [read_update(update, OWN_STATE_LIMITS) for update in updates]
