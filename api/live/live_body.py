"""The document of one room: the CRDT, what it knows and what it admits."""

import asyncio
from typing import Final

from api.live.admission import Admission, FlushFirst, Waiting
from api.live.poison import Poison
from api.live.reading import IN_THREAD_FROM_BYTES
from api.live.trials import Trials, may_take_long
from api.platform import Platform
from commands.bodies import Replica, known_of
from domain.document.body import BodyKind
from domain.yjs.known import KnownIds
from domain.yjs.sameness import contradicts
from domain.yjs.update import UpdateContents
from tenancy.context import TenantContext

_NOTHING_KNOWN: Final = b"\0"
"""The state vector of whoever has nothing."""


class LiveBody:
    """Not thread-safe; every method may raise BodyUnreadable, after which it is lost."""

    def __init__(self, platform: Platform, poison: Poison, trials: Trials) -> None:
        self.known = KnownIds()
        self._trials = trials
        self._replica: Replica = platform.bodies.replica()
        self._whole: bytes | None = None
        self.admission = Admission(
            self._replica.full_state,
            lambda: self.known,
            poison,
            state_bytes_max=platform.limits.document_state_bytes_max,
            clients_max=platform.limits.document_clients_max,
        )

    async def open(self, state: bytes) -> None:
        """Start from a state of ours."""
        if state:
            # The CRDT holds on to the interpreter meanwhile; reading what it knows does not.
            self.known = await asyncio.to_thread(self._open, state)
            self.admission.begin(len(state))
            self._whole = state

    def _open(self, state: bytes) -> KnownIds:
        self._replica.apply(state)
        return known_of(self._replica)

    @property
    def state_bytes(self) -> int:
        """At most so many bytes would be needed to encode it."""
        return self.admission.state_bytes

    def state_vector(self) -> bytes:
        return self._replica.state_vector()

    def diff(self, state_vector: bytes) -> bytes:
        """Return what a client that knows `state_vector` lacks; for all who come with nothing it is made once."""
        return self._everything() if state_vector == _NOTHING_KNOWN else self._replica.diff(state_vector)

    def _everything(self) -> bytes:
        if self._whole is None:
            self._whole = self._replica.full_state()
        return self._whole

    async def admit(
        self, update: bytes, contents: UpdateContents, body: BodyKind, waiting: Waiting, sender: TenantContext
    ) -> None:
        """Refuse what would harm the document although it is well formed. Raises ConnectionRefused, FlushFirst."""
        if may_take_long([*waiting, (update, contents)], self.known, self.state_bytes):
            if waiting:
                raise FlushFirst
            await self._trials.require_quick(sender, self._everything, update)
        await self.admission.admit(update, contents, body, waiting)

    async def contradicted_by(self, updates: Waiting) -> tuple[bool, int]:
        """Tell whether updates say something else under ids that are here, and how many bytes it took to know."""
        if not any(self.known.overlaps(read.inserted) for _, read in updates):
            return False, 0
        named = [read.inserted.minus(read.tombstones) for _, read in updates]
        if not any(map(self.known.overlaps, named)):
            return False, 0
        stored = self._replica.diff(self.known.vector_without(named))
        frames = [update for update, _ in updates]
        if len(stored) + sum(map(len, frames)) < IN_THREAD_FROM_BYTES:
            return contradicts(frames, stored), self.state_bytes
        return await asyncio.to_thread(contradicts, frames, stored), max(len(stored), self.state_bytes)

    def apply(self, update: bytes, contents: UpdateContents) -> None:
        self._whole = None
        self._replica.apply(update)
        self.known.add(contents)
        self.admission.applied(update, contents)

    def close(self) -> None:
        self._whole = None
        self._replica.close()
