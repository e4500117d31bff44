"""Snapshots are a cache: thinned by policy, mended by being made again, and never believed before the log."""

import asyncio
from secrets import token_urlsafe

import pytest
from httpx import ASGITransport, AsyncClient
from psycopg import AsyncConnection

from app.bootstrap import Colophon
from app.web import create_app
from commands.document.edits import new_client_id, recorded_edits
from commands.event_log import StreamWrite
from commands.settings.change_setting import ChangeSetting
from domain.document.body import BodyKind, ContentFormat
from domain.document.operations import AppendText
from domain.document.transport import Transport
from domain.ids import DocumentId, edits_stream
from domain.settings.values import Scope
from projections.catalogue import CATCHING_UP
from tests.provenance.histories import a_document
from tests.support.waiting import until
from tests.support.world import Tenant, open_tenant


@pytest.fixture
async def tenant(alone: Colophon) -> Tenant:
    """One that keeps a state every 10 edits, the last 2, and of the older ones one for 100 edits."""
    made = await open_tenant(alone)
    for key, value in (("every_edits", 10), ("keep_last", 2), ("keep_one_per_edits", 100)):
        change = ChangeSetting(key=f"snapshots.{key}", scope=Scope.TENANT, value=value)
        await alone.platform.executor.execute(change, made.olga.command())
    alone.platform.policies.forget(made.tenant_id)
    return made


async def type_on(colophon: Colophon, tenant: Tenant, document_id: DocumentId, edits: int, *, text: str = "x") -> None:
    """Append so many edits as live editing does: nobody loads the body."""
    bodies, stream = colophon.platform.bodies, edits_stream(document_id)
    updates = [bodies.edit(BodyKind.PLAIN, b"", [AppendText(text=text)], new_client_id()) for _ in range(edits)]
    events = [recorded_edits(document_id, [u], session_id="typing", transport=Transport.LIVE) for u in updates]
    await colophon.platform.log.append([StreamWrite(stream, None, events)], tenant.ana.command())


async def kept(url: str, document_id: DocumentId) -> list[int]:
    """The versions of a body's snapshots."""
    query = "SELECT stream_version FROM log.snapshots WHERE stream_id = %s ORDER BY 1"
    async with await AsyncConnection.connect(url) as connection:
        rows = await connection.execute(query, [edits_stream(document_id)])
        return [row[0] for row in await rows.fetchall()]


async def spoil(url: str, document_id: DocumentId, change: str) -> None:
    async with await AsyncConnection.connect(url) as connection:
        spoilt = await connection.execute(
            f"UPDATE log.snapshots SET {change} WHERE stream_id = %s".encode(), [edits_stream(document_id)]
        )
        assert spoilt.rowcount > 0


async def text_of(colophon: Colophon, tenant: Tenant, document_id: DocumentId) -> str:
    body = await colophon.platform.body_states.load(document_id, tenant.ana.context)
    return colophon.platform.bodies.render(BodyKind.PLAIN, body.state, ContentFormat.TEXT)


async def test_a_body_that_is_edited_and_never_loaded_gets_its_snapshot(
    alone: Colophon, tenant: Tenant, own_database: str
) -> None:
    document_id = await a_document(alone, tenant)
    await type_on(alone, tenant, document_id, 9)
    await alone.snapshotter.catch_up(tenant.tenant_id)
    assert await kept(own_database, document_id) == []
    await type_on(alone, tenant, document_id, 3)
    await alone.snapshotter.catch_up(tenant.tenant_id)
    assert await kept(own_database, document_id) == [12]
    await type_on(alone, tenant, document_id, 9)
    await alone.snapshotter.catch_up(tenant.tenant_id)
    assert await kept(own_database, document_id) == [12]


async def test_few_edits_that_weigh_much_are_worth_a_snapshot(
    alone: Colophon, tenant: Tenant, own_database: str
) -> None:
    document_id = await a_document(alone, tenant)
    change = ChangeSetting(key="snapshots.every_bytes", scope=Scope.TENANT, value=1_024)
    await alone.platform.executor.execute(change, tenant.olga.command())
    alone.platform.policies.forget(tenant.tenant_id)
    # when
    await type_on(alone, tenant, document_id, 1, text=token_urlsafe(600))
    await alone.snapshotter.catch_up(tenant.tenant_id)
    assert await kept(own_database, document_id) == []
    await type_on(alone, tenant, document_id, 1, text=token_urlsafe(600))
    await alone.snapshotter.catch_up(tenant.tenant_id)
    # then
    assert await kept(own_database, document_id) == [2]


async def test_growth_is_followed_while_nobody_asks(alone: Colophon, tenant: Tenant, own_database: str) -> None:
    document_id = await a_document(alone, tenant)
    following = asyncio.create_task(alone.snapshotter.run())
    await type_on(alone, tenant, document_id, 12)
    await until(lambda: kept(own_database, document_id))
    following.cancel()
    assert await kept(own_database, document_id) == [12]


async def test_the_newest_stay_and_of_the_older_ones_one_for_so_many_edits(
    alone: Colophon, tenant: Tenant, own_database: str
) -> None:
    document_id = await a_document(alone, tenant)
    for _ in range(13):
        await type_on(alone, tenant, document_id, 10)
        await alone.snapshotter.catch_up(tenant.tenant_id)
    assert await kept(own_database, document_id) == [90, 120, 130]


async def test_without_any_snapshot_content_history_and_provenance_are_the_same(
    alone: Colophon, tenant: Tenant, own_database: str
) -> None:
    # given
    document_id = await a_document(alone, tenant, "Pangolins pay.")
    for _ in range(3):
        await type_on(alone, tenant, document_id, 10)
        await text_of(alone, tenant, document_id)
    await alone.runner.catch_up_tenant(tenant.tenant_id, CATCHING_UP)
    assert await kept(own_database, document_id)
    middle = (await alone.platform.log.load(edits_stream(document_id), tenant.ana.context))[15].position
    path = f"/api/v1/documents/{document_id}"
    paths = [f"{path}/content", f"{path}/content?at={middle}", f"{path}/revisions", f"{path}/provenance"]
    app = create_app(alone)

    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:

        async def everything() -> list[tuple[int, str]]:
            answers = [await client.get(path, headers=tenant.ana.headers) for path in paths]
            return [(answer.status_code, answer.text) for answer in answers]

        before = await everything()

        # when
        async with await AsyncConnection.connect(own_database) as connection:
            await connection.execute("DELETE FROM log.snapshots")

        # then
        assert await everything() == before
    assert [status for status, _ in before] == [200] * 4
    assert "Pangolins pay." in before[0][1]


@pytest.mark.parametrize(
    "change",
    [
        "ciphertext = set_byte(ciphertext, 60, 255 - get_byte(ciphertext, 60))",
        "ciphertext = substring(ciphertext FOR 40)",
        "ciphertext = ''",
        "key_id = gen_random_uuid()",
        "key_id = (SELECT k.key_id FROM keystore.data_keys k WHERE tenant_id = snapshots.tenant_id ORDER BY 1 LIMIT 1)",
        "stream_version = stream_version + 1000, position = position + 1000",
        "stream_version = stream_version - 1",
        "stream_version = stream_version - 1, position = position - 1",
        "position = position - 1",
        "code_version = code_version - 1",
    ],
)
async def test_a_snapshot_that_is_damaged_or_claims_what_the_log_does_not_is_made_again(
    alone: Colophon, tenant: Tenant, own_database: str, change: str
) -> None:
    document_id = await a_document(alone, tenant)
    await type_on(alone, tenant, document_id, 12)
    text = await text_of(alone, tenant, document_id)
    assert await kept(own_database, document_id) == [12]
    await spoil(own_database, document_id, change)
    assert await text_of(alone, tenant, document_id) == text
    assert await kept(own_database, document_id) == [12]
    assert text.strip() == "x" * 12


async def test_states_of_another_version_of_the_code_are_dropped_when_a_process_first_looks(
    alone: Colophon, tenant: Tenant, own_database: str
) -> None:
    document_id, other = await a_document(alone, tenant), await a_document(alone, tenant)
    for each in (document_id, other):
        await type_on(alone, tenant, each, 12)
        await text_of(alone, tenant, each)
    await spoil(own_database, document_id, "code_version = code_version + 1")
    await alone.snapshotter.catch_up(tenant.tenant_id)
    assert (await kept(own_database, document_id), await kept(own_database, other)) == ([], [12])
