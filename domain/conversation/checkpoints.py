"""What an assistant remembers while it works: checkpoints of its graph as events, and the thread that they make."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from domain.ids import ConversationId, DocumentId
from domain.sealed import KeyScope, Sealed

Version = int | float | str


@dataclass(frozen=True, slots=True)
class Packed:
    """A value as its serialiser wrote it: `kind` says how to read the bytes."""

    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Channel:
    """The value that one channel of the graph has from a version on; None when it has none."""

    name: str
    version: Version
    value: Packed | None


@dataclass(frozen=True, slots=True)
class Write:
    """What a task wrote before its step was over; a negative index is one of the library's own kinds."""

    index: int
    channel: str
    value: Packed


class _OfAThread(Sealed):
    """What an assistant remembers is the conversation's content, sealed under its key."""

    key_scope: ClassVar[KeyScope] = KeyScope.CONVERSATION
    key_of: ClassVar[str | None] = "conversation_id"
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointSaved(_OfAThread):
    """
    The graph's state after a step: `channels` are only those that have changed since the parent.

    `documents` are those whose words it holds, so that an erasure finds them.
    """

    conversation_id: ConversationId
    namespace: str
    checkpoint_id: str
    parent_id: str | None
    checkpoint: Packed
    metadata: Packed
    channels: tuple[Channel, ...]
    documents: tuple[DocumentId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointWritesSaved(_OfAThread):
    """What a finished task wrote on top of a checkpoint, so that it is not run again."""

    conversation_id: ConversationId
    namespace: str
    checkpoint_id: str
    task_id: str
    task_path: str
    writes: tuple[Write, ...]
    documents: tuple[DocumentId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointsPruned(_OfAThread):
    """Only these (namespace, checkpoint id) are remembered from here on; none of them: the thread is forgotten."""

    conversation_id: ConversationId
    kept: tuple[tuple[str, str], ...]


CheckpointEvent = CheckpointSaved | CheckpointWritesSaved | CheckpointsPruned

TaskWrite = tuple[str, str, Write]
"""Task path, task id and what it wrote."""


@dataclass(slots=True)
class Thread:
    """The checkpoints of one conversation, folded from its events."""

    saved: dict[tuple[str, str], CheckpointSaved] = field(default_factory=dict)
    channels: dict[tuple[str, str, Version], Packed | None] = field(default_factory=dict)
    writes: dict[tuple[str, str], dict[tuple[str, int], TaskWrite]] = field(default_factory=dict)

    def apply(self, event: CheckpointEvent) -> None:
        match event:
            case CheckpointSaved():
                self.saved[event.namespace, event.checkpoint_id] = event
                for channel in event.channels:
                    self.channels[event.namespace, channel.name, channel.version] = channel.value
            case CheckpointWritesSaved():
                written = self.writes.setdefault((event.namespace, event.checkpoint_id), {})
                for write in event.writes:
                    place = (event.task_id, write.index)
                    # A task that is run again writes the same: the first word counts. The library's own kinds are news.
                    if write.index < 0 or place not in written:
                        written[place] = (event.task_path, event.task_id, write)
            case CheckpointsPruned():
                self._keep(frozenset(event.kept))

    def newest_first(self, namespace: str | None = None) -> Iterator[CheckpointSaved]:
        """Yield checkpoints by their ids, which grow with time."""
        of_namespace = [s for s in self.saved.values() if namespace is None or s.namespace == namespace]
        yield from sorted(of_namespace, key=lambda saved: saved.checkpoint_id, reverse=True)

    def writes_on(self, saved: CheckpointSaved) -> Sequence[tuple[str, Write]]:
        """Return (task id, write) in the order in which a run would have applied them."""
        written = self.writes.get((saved.namespace, saved.checkpoint_id), {})
        ordered = sorted(written.values(), key=lambda w: (w[0], w[1], w[2].index))
        return [(task_id, write) for _, task_id, write in ordered]

    def latest(self) -> tuple[tuple[str, str], ...]:
        """Return the newest checkpoint of each namespace."""
        newest: dict[str, str] = {}
        for namespace, checkpoint_id in self.saved:
            newest[namespace] = max(checkpoint_id, newest.get(namespace, ""))
        return tuple(sorted(newest.items()))

    def _keep(self, kept: frozenset[tuple[str, str]]) -> None:
        self.saved = {place: saved for place, saved in self.saved.items() if place in kept}
        self.writes = {place: written for place, written in self.writes.items() if place in kept}
        if not kept:
            self.channels.clear()
