"""LangGraph's checkpointer on the event log: what a graph remembers are events of the tenant that it works for."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from assistants.turn import documents_in
from commands.conversation.record_checkpoints import RecordCheckpoints
from commands.event_log import CommandContext, EventLog
from commands.execute import Executor
from domain.conversation.checkpoints import (
    Channel,
    CheckpointEvent,
    CheckpointSaved,
    CheckpointsPruned,
    CheckpointWritesSaved,
    Packed,
    Thread,
    Write,
)
from domain.ids import ConversationId, checkpoints_stream
from domain.recorded import Unreadable


class NotAThread(ValueError):
    """What is given is no conversation's id."""

    def __init__(self) -> None:
        super().__init__("A thread is named by the id of its conversation.")


class EventLogSaver(BaseCheckpointSaver[int]):
    """
    Keeps the threads of one tenant, in whose context it was made.

    A thread id is a conversation's id and says nothing of a tenant: it is looked for in the log of the context's tenant
    and nowhere else. What was stored is read by a strict serialiser, which builds plain data and nothing of its own.
    """

    def __init__(self, log: EventLog, executor: Executor, command: Callable[[], CommandContext]) -> None:
        super().__init__(serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        self._log = log
        self._executor = executor
        self._command = command
        self._threads: dict[ConversationId, tuple[Thread, int]] = {}

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return the checkpoint that the configuration names, or the newest of its thread."""
        conversation_id, namespace = _thread_of(config), _namespace_of(config)
        thread = await self._thread(conversation_id)
        wanted = get_checkpoint_id(config)
        newest = next(thread.newest_first(namespace), None)
        saved = newest if wanted is None else thread.saved.get((namespace, wanted))
        return None if saved is None else self._tuple(thread, saved)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002  # the library's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Yield a thread's checkpoints, newest first; threads are not listed together."""
        if config is None:
            raise NotAThread
        thread = await self._thread(_thread_of(config))
        only, until = get_checkpoint_id(config), get_checkpoint_id(before) if before else None
        left = limit
        for saved in thread.newest_first(config["configurable"].get("checkpoint_ns")):
            if left == 0:
                return
            if (only and saved.checkpoint_id != only) or (until and saved.checkpoint_id >= until):
                continue
            found = self._tuple(thread, saved)
            metadata = cast("dict[str, Any]", found.metadata)
            if filter and any(metadata.get(key) != value for key, value in filter.items()):
                continue
            left = None if left is None else left - 1
            yield found

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Record a checkpoint with the channels that have changed."""
        conversation_id, namespace = _thread_of(config), _namespace_of(config)
        values = checkpoint["channel_values"]
        saved = CheckpointSaved(
            conversation_id=conversation_id,
            namespace=namespace,
            checkpoint_id=checkpoint["id"],
            parent_id=get_checkpoint_id(config),
            checkpoint=self._pack({key: value for key, value in checkpoint.items() if key != "channel_values"}),
            metadata=self._pack(get_checkpoint_metadata(config, metadata)),
            channels=tuple(
                Channel(name, version, self._pack(values[name]) if name in values else None)
                for name, version in new_versions.items()
            ),
            documents=documents_in((name, values.get(name)) for name in new_versions),
        )
        await self._record(saved)
        return _config(conversation_id, namespace, checkpoint["id"])

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Record what a task wrote on top of a checkpoint."""
        await self._record(
            CheckpointWritesSaved(
                conversation_id=_thread_of(config),
                namespace=_namespace_of(config),
                checkpoint_id=config["configurable"]["checkpoint_id"],
                task_id=task_id,
                task_path=task_path,
                writes=tuple(
                    Write(WRITES_IDX_MAP.get(channel, index), channel, self._pack(value))
                    for index, (channel, value) in enumerate(writes)
                ),
                documents=documents_in(writes),
            )
        )

    async def adelete_thread(self, thread_id: str) -> None:
        """Forget a thread: a fact is added; what it held is gone when the conversation's key is destroyed."""
        await self.aprune([thread_id], strategy="delete")

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Remember the newest checkpoint of each namespace only, or, with the strategy `delete`, none."""
        for thread_id in thread_ids:
            conversation_id = _conversation(thread_id)
            thread = await self._thread(conversation_id)
            kept = thread.latest() if strategy == "keep_latest" else ()
            if thread.saved and len(kept) < len(thread.saved):
                await self._record(CheckpointsPruned(conversation_id=conversation_id, kept=kept))

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Record a thread's checkpoints and writes again for another conversation of the same tenant."""
        source, target = _conversation(source_thread_id), _conversation(target_thread_id)
        thread = await self._thread(source)
        copied: list[CheckpointEvent] = []
        for saved in reversed(list(thread.newest_first())):
            copied.append(replace(saved, conversation_id=target))
            for path, task_id, write in thread.writes.get((saved.namespace, saved.checkpoint_id), {}).values():
                copied.append(
                    CheckpointWritesSaved(
                        conversation_id=target,
                        namespace=saved.namespace,
                        checkpoint_id=saved.checkpoint_id,
                        task_id=task_id,
                        task_path=path,
                        writes=(write,),
                        documents=saved.documents,
                    )
                )
        if copied:
            await self._record(*copied)

    async def _record(self, *events: CheckpointEvent) -> None:
        await self._executor.execute(RecordCheckpoints(events=events), self._command())

    async def _thread(self, conversation_id: ConversationId) -> Thread:
        """Return the thread as it is now; what was read before is not read again."""
        thread, version = self._threads.get(conversation_id, (Thread(), 0))
        stream_id, tenant = checkpoints_stream(conversation_id), self._command().tenant
        for recorded in await self._log.load(stream_id, tenant, after_version=version):
            version = recorded.stream_version
            if not isinstance(recorded.event, Unreadable):
                thread.apply(cast("CheckpointEvent", recorded.event))
        self._threads[conversation_id] = (thread, version)
        return thread

    def _tuple(self, thread: Thread, saved: CheckpointSaved) -> CheckpointTuple:
        checkpoint = self._unpack(saved.checkpoint)
        stored = {
            name: thread.channels.get((saved.namespace, name, version))
            for name, version in checkpoint["channel_versions"].items()
        }
        values = {name: self._unpack(packed) for name, packed in stored.items() if packed is not None}
        return CheckpointTuple(
            config=_config(saved.conversation_id, saved.namespace, saved.checkpoint_id),
            checkpoint=cast("Checkpoint", {**checkpoint, "channel_values": values}),
            metadata=self._unpack(saved.metadata),
            parent_config=_config(saved.conversation_id, saved.namespace, saved.parent_id) if saved.parent_id else None,
            pending_writes=[
                (task_id, write.channel, self._unpack(write.value)) for task_id, write in thread.writes_on(saved)
            ],
        )

    def _pack(self, value: object) -> Packed:
        return Packed(*self.serde.dumps_typed(value))

    def _unpack(self, packed: Packed) -> Any:
        return self.serde.loads_typed((packed.kind, packed.data))


def _config(conversation_id: ConversationId, namespace: str, checkpoint_id: str) -> RunnableConfig:
    return {
        "configurable": {
            "thread_id": str(conversation_id),
            "checkpoint_ns": namespace,
            "checkpoint_id": checkpoint_id,
        }
    }


def _thread_of(config: RunnableConfig) -> ConversationId:
    return _conversation(config["configurable"]["thread_id"])


def _namespace_of(config: RunnableConfig) -> str:
    namespace: str = config["configurable"].get("checkpoint_ns", "")
    return namespace


def _conversation(thread_id: str) -> ConversationId:
    try:
        return ConversationId(UUID(thread_id))
    except (ValueError, AttributeError):
        raise NotAThread from None
