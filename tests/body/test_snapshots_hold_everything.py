"""A snapshot is a state of the CRDT, and what came too early is in no state: only the log has it."""

from collections.abc import Sequence

from pycrdt import Doc, Text

from app.bootstrap import Colophon
from commands.document.edits import recorded_edits
from commands.event_log import StreamWrite
from commands.settings.change_setting import ChangeSetting
from domain.document.transport import Transport
from domain.ids import DocumentId, edits_stream
from domain.settings.values import Scope
from tests.domain.yjs_bytes import client, in_item, in_root, update
from tests.live.test_editing_together import a_plain_document, stored_text
from tests.support.world import Tenant

WORDS = 30


def typed(words: int) -> Sequence[bytes]:
    """An update for each word that somebody appends."""
    document: Doc[Text] = Doc(client_id=7)
    text = document.get("content", type=Text)
    updates: list[bytes] = []
    subscription = document.observe(lambda event: updates.append(event.update))
    for word in range(words):
        text.insert(len(text), f"{word} ")
    document.unobserve(subscription)
    return updates


async def record(colophon: Colophon, tenant: Tenant, document_id: DocumentId, updates: Sequence[bytes]) -> None:
    """Write them as they are, whatever a room or a command would have said."""
    events = [recorded_edits(document_id, [one], session_id="s", transport=Transport.LIVE) for one in updates]
    await colophon.platform.log.append([StreamWrite(edits_stream(document_id), None, events)], tenant.ana.command())


async def has_snapshot(colophon: Colophon, tenant: Tenant, document_id: DocumentId) -> bool:
    return await colophon.platform.body_states.snapshots.nearest(document_id, tenant.ana.context) is not None


async def a_document_with_snapshots(colophon: Colophon, tenant: Tenant) -> DocumentId:
    often = ChangeSetting(key="snapshots.every_edits", scope=Scope.TENANT, value=10)
    await colophon.platform.executor.execute(often, tenant.olga.command())
    return await a_plain_document(colophon, tenant)


async def test_while_edits_wait_for_one_that_is_missing_no_snapshot_leaves_them_out(
    colophon: Colophon, acme: Tenant
) -> None:
    document_id = await a_document_with_snapshots(colophon, acme)
    first, *others = typed(WORDS)
    # when
    await record(colophon, acme, document_id, others)
    assert await stored_text(colophon, acme, document_id) == ""
    # then
    assert not await has_snapshot(colophon, acme, document_id)
    # when
    await record(colophon, acme, document_id, [first])
    # then
    whole = "".join(f"{word} " for word in range(WORDS))
    assert await stored_text(colophon, acme, document_id) == whole
    assert await has_snapshot(colophon, acme, document_id)
    assert await stored_text(colophon, acme, document_id) == whole


async def test_what_the_crdt_refuses_is_waited_for_by_no_snapshot(colophon: Colophon, acme: Tenant) -> None:
    document_id = await a_document_with_snapshots(colophon, acme)
    # Well formed, but the parent of the second item is a letter of the first.
    poison = update(client(9, 0, in_root(4, b"\1a"), in_item(4, (9, 0), b"\1b")))
    # when
    await record(colophon, acme, document_id, [poison, *typed(WORDS)])
    text = await stored_text(colophon, acme, document_id)
    # then
    assert text == "".join(f"{word} " for word in range(WORDS))
    assert await has_snapshot(colophon, acme, document_id)
    assert await stored_text(colophon, acme, document_id) == text
