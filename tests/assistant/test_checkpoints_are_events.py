"""What a graph remembers are events of its tenant, and LangGraph's own conformance suite is satisfied."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.conformance.capabilities import BASE_CAPABILITIES
from langgraph.checkpoint.conformance.test_utils import generate_config, put_test_checkpoint

from app.bootstrap import Colophon
from assistants.saver import EventLogSaver, NotAThread
from domain.conversation.checkpoints import CheckpointSaved
from domain.ids import ConversationId, checkpoints_stream
from tenancy.roles import Permission
from tests.support.world import Person, Tenant

CANARY = "canary-in-a-checkpoint"


def saver_of(colophon: Colophon, person: Person) -> EventLogSaver:
    working = replace(person.context, permissions=person.context.permissions | {Permission.WORK_RECORD})
    platform = colophon.platform
    return EventLogSaver(platform.log, platform.executor, lambda: replace(person.command(), tenant=working))


async def test_langgraph_s_conformance_suite_passes(colophon: Colophon, acme: Tenant) -> None:
    @checkpointer_test(name="EventLogSaver")
    async def registered() -> AsyncGenerator[BaseCheckpointSaver[int], None]:
        yield saver_of(colophon, acme.ana)

    report = await validate(registered)

    results = {name: result for name, result in report.results.items() if result.detected}
    assert set(results) == {*map(str, (c.value for c in BASE_CAPABILITIES)), "copy_thread", "prune"}
    assert [failure for result in results.values() for failure in result.failures] == []
    assert sum(result.tests_passed for result in results.values()) > 60


async def test_a_thread_of_another_tenant_does_not_exist(colophon: Colophon, acme: Tenant, globex: Tenant) -> None:
    ours, theirs = saver_of(colophon, acme.ana), saver_of(colophon, globex.ana)
    thread = str(uuid4())
    stored = await put_test_checkpoint(ours, thread_id=thread, channel_values={"x": CANARY})
    assert await theirs.aget_tuple(generate_config(thread)) is None
    assert await theirs.aget_tuple(stored) is None
    assert [found async for found in theirs.alist(generate_config(thread))] == []

    await put_test_checkpoint(theirs, thread_id=thread, channel_values={"x": "theirs"})
    await theirs.adelete_thread(thread)
    await theirs.acopy_thread(thread, str(uuid4()))

    still = await ours.aget_tuple(generate_config(thread))
    assert still is not None
    assert still.checkpoint["channel_values"] == {"x": CANARY}


async def test_what_is_forgotten_stays_in_the_log_as_it_was(colophon: Colophon, acme: Tenant) -> None:
    saver, thread = saver_of(colophon, acme.ana), str(uuid4())
    await put_test_checkpoint(saver, thread_id=thread, channel_values={"x": 1})
    await saver.adelete_thread(thread)
    await saver.adelete_thread(thread)
    stored = await colophon.platform.log.load(checkpoints_stream(ConversationId(UUID(thread))), acme.ana.context)
    assert [recorded.name for recorded in stored] == ["checkpoint.saved.v1", "checkpoints.pruned.v1"]


async def test_a_channel_that_did_not_change_is_not_stored_again(colophon: Colophon, acme: Tenant) -> None:
    saver, thread = saver_of(colophon, acme.ana), str(uuid4())
    large = "x" * 10_000
    first = await put_test_checkpoint(saver, thread_id=thread, channel_values={"large": large})
    await put_test_checkpoint(
        saver,
        thread_id=thread,
        parent_config=first,
        channel_values={"large": large, "small": 1},
        channel_versions={"large": 1, "small": 1},
        new_versions={"small": 1},
    )
    events = await colophon.platform.log.load(checkpoints_stream(ConversationId(UUID(thread))), acme.ana.context)
    saved = [recorded.event for recorded in events if isinstance(recorded.event, CheckpointSaved)]
    assert [[channel.name for channel in event.channels] for event in saved] == [["large"], ["small"]]
    newest = await saver.aget_tuple(generate_config(thread))
    assert newest is not None
    assert newest.checkpoint["channel_values"] == {"large": large, "small": 1}


@pytest.mark.parametrize("thread", ["", "../../x", "globex:1", "0", "x" * 10_000])
async def test_a_thread_is_named_by_a_conversation_s_id(colophon: Colophon, acme: Tenant, thread: str) -> None:
    with pytest.raises(NotAThread):
        await saver_of(colophon, acme.ana).aget_tuple(generate_config(thread or " "))


class Exploding:
    """Something that must never come to life from stored bytes."""

    def __init__(self) -> None:
        raise AssertionError("built from a checkpoint")


async def test_only_plain_data_comes_to_life_from_a_checkpoint(colophon: Colophon, acme: Tenant) -> None:
    saver, thread = saver_of(colophon, acme.ana), str(uuid4())
    smuggled = object.__new__(Exploding)
    with pytest.raises(TypeError):
        await put_test_checkpoint(saver, thread_id=thread, channel_values={"x": smuggled})
