"""A file of the archive that is changed, cut short or gone is told of by name; nobody is told that it was erased."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from httpx import ASGITransport, AsyncClient

from app.bootstrap import Colophon
from app.web import create_app
from commands.event_log import LogUnavailable
from infra.event_store.archive import ArchiveDamaged
from projections.catalogue import CATCHING_UP
from tests.event_log.archiving import archived, files_of, titled, whole_log
from tests.support.world import Tenant, open_tenant


@pytest.fixture
async def tenant(alone: Colophon) -> Tenant:
    return await open_tenant(alone)


def change_a_byte(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


@pytest.mark.parametrize("damage", [change_a_byte, cut_short, Path.unlink])
async def test_whoever_reads_it_is_refused_with_the_name_of_the_segment(
    alone: Colophon, tenant: Tenant, damage: Callable[[Path], None]
) -> None:
    stream = await titled(alone, tenant, 5)
    await archived(alone, tenant)
    (file,) = files_of(alone, tenant)
    whole = file.read_bytes()
    damage(file)
    with pytest.raises(ArchiveDamaged, match=file.stem) as refused:
        await alone.platform.log.load(stream, tenant.ana.context)
    assert (refused.value.code, refused.value.retry_after_seconds) == ("archive.damaged", 60)
    assert any(file.stem in finding for finding in alone.archive.findings.by_segment.values())

    file.write_bytes(whole)
    await alone.archive.inspect()
    assert len(await alone.platform.log.load(stream, tenant.ana.context)) == 5
    assert alone.archive.findings.by_segment == {}


@pytest.mark.parametrize("damage", [change_a_byte, cut_short, Path.unlink])
async def test_the_inspection_finds_it_before_anybody_reads(
    alone: Colophon, tenant: Tenant, damage: Callable[[Path], None]
) -> None:
    await archived(alone, tenant)
    (file,) = files_of(alone, tenant)
    whole = file.read_bytes()
    damage(file)
    await alone.archive.inspect()
    assert [file.stem in finding for finding in alone.archive.findings.by_segment.values()] == [True]
    assert "archive" in await alone.platform.health.failures()
    file.write_bytes(whole)
    await alone.archive.inspect()
    assert "archive" not in await alone.platform.health.failures()


async def test_over_http_it_is_a_503_with_a_code_of_its_own(alone: Colophon, tenant: Tenant) -> None:
    app = create_app(alone)
    async with AsyncClient(transport=ASGITransport(app, raise_app_exceptions=False), base_url="http://test") as client:
        made = await client.post("/api/v1/documents", json={"title": "A", "markdown": "B"}, headers=tenant.ana.headers)
        await archived(alone, tenant)
        (file,) = files_of(alone, tenant)
        whole = file.read_bytes()
        change_a_byte(file)
        content = f"/api/v1/documents/{made.json()['id']}/content"
        refused = await client.get(content, headers=tenant.ana.headers)
        assert (refused.status_code, refused.json()["code"]) == (503, "archive.damaged")
        assert refused.headers["Retry-After"] == "60"
        file.write_bytes(whole)
        assert (await client.get(content, headers=tenant.ana.headers)).text.strip() == "B"
        await alone.archive.inspect()


async def test_an_erasure_waits_until_the_file_is_back(alone: Colophon, tenant: Tenant) -> None:
    # given an erasure that is ordered, and a damaged file with what is to be erased
    app = create_app(alone)
    headers = tenant.olga.headers
    async with AsyncClient(transport=ASGITransport(app, raise_app_exceptions=False), base_url="http://test") as client:
        made = await client.post("/api/v1/documents", json={"title": "A", "markdown": "B"}, headers=headers)
        document_id = UUID(made.json()["id"])
        await archived(alone, tenant)
        wanted = {"document_id": str(document_id), "reason": "Request of 12 May"}
        assert (await client.post("/api/v1/erasures", json=wanted, headers=headers)).status_code == 202
        await alone.runner.catch_up_tenant(tenant.tenant_id, CATCHING_UP)
        (file,) = files_of(alone, tenant)
        whole = file.read_bytes()
        change_a_byte(file)

        # when
        with pytest.raises(LogUnavailable):
            await alone.evidence.eraser.finish(tenant.tenant_id, document_id)

        # then
        assert (await client.get("/api/v1/erasures", headers=headers)).json()["items"][0]["state"] == "running"
        file.write_bytes(whole)
        await alone.evidence.eraser.finish(tenant.tenant_id, document_id)
        await alone.runner.catch_up_tenant(tenant.tenant_id, CATCHING_UP)
        assert (await client.get("/api/v1/erasures", headers=headers)).json()["items"][0]["state"] == "done"
    (new,) = files_of(alone, tenant)
    assert new != file
    await alone.archive.inspect()


async def test_a_block_moved_to_another_place_is_damage(alone: Colophon, tenant: Tenant) -> None:
    """The bytes of another tenant's file under this name are no less wrong than random ones."""
    other = await open_tenant(alone, "Globex")
    for each in (tenant, other):
        await archived(alone, each)
    (mine,), (theirs,) = files_of(alone, tenant), files_of(alone, other)
    whole = mine.read_bytes()
    mine.write_bytes(theirs.read_bytes())
    with pytest.raises(ArchiveDamaged):
        await whole_log(alone, tenant)
    assert await whole_log(alone, other)
    mine.write_bytes(whole)
    await alone.archive.inspect()
