"""What all edits have in common: read the ids they bring, record the bytes as they came."""

import secrets
from collections.abc import Sequence

from domain.actor import Actor
from domain.document.events import EditsRecorded
from domain.document.transport import Transport
from domain.history.copies import Copy
from domain.ids import DocumentId, GenerationId
from domain.yjs.ids import NO_IDS, IdRanges
from domain.yjs.update import UpdateContents, read_update


def recorded_edits(
    document_id: DocumentId,
    updates: Sequence[bytes],
    *,
    session_id: str,
    transport: Transport,
    contents: Sequence[UpdateContents] | None = None,
    generation_id: GenerationId | None = None,
    author: Actor | None = None,
    of_others: Sequence[int] = (),
    copies: Sequence[Copy] = (),
) -> EditsRecorded:
    """Return the event of these updates, verbatim. Raises MalformedUpdate unless `contents` were read before."""
    inserted, deleted = IdRanges(), IdRanges()
    reads = contents if contents is not None else [read_update(update) for update in updates]
    for read in reads:
        inserted, deleted = inserted.union(read.inserted), deleted.union(read.deleted)
    return EditsRecorded(
        document_id=document_id,
        session_id=session_id,
        transport=transport,
        updates=tuple(updates),
        inserted=inserted.to_tuples(),
        deleted=deleted.to_tuples(),
        tombstones=_tombstones(reads).to_tuples(),
        generation_id=generation_id,
        author_ref=None if author is None else str(author),
        of_others=tuple(of_others),
        copies=tuple(map(tuple, copies)),  # type: ignore[arg-type]  # five integers each
    )


def _tombstones(reads: Sequence[UpdateContents]) -> IdRanges:
    """Return the ids that none of these updates brings with content; there are hardly ever any."""
    tombstones = NO_IDS
    for read in reads:
        tombstones = tombstones if read.tombstones.is_empty else tombstones.union(read.tombstones)
    if not tombstones.is_empty:
        for read in reads:
            tombstones = tombstones.minus(read.inserted.minus(read.tombstones))
    return tombstones


def new_client_id() -> int:
    """Return a CRDT client id for edits that the server makes: 32 random bits, as Yjs itself draws them."""
    return secrets.randbits(32)
