"""Versions of a document that have names."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.event_log import VersionConflict
from commands.execute import Ports
from commands.history import name_version
from domain.ids import DocumentId
from projections.id_maps import IdMapReader
from tenancy.context import TenantContext
from tests.history.pasts import ask, created, edit, markdown
from tests.support.world import Person, Tenant


async def labels(client: AsyncClient, person: Person, document_id: str) -> list[tuple[str, int]]:
    response = await client.get(f"/api/v1/documents/{document_id}/versions", headers=person.headers)
    assert response.status_code == 200, response.text
    return [(item["label"], item["position"]) for item in response.json()["items"]]


async def test_another_tenant_and_nobody_find_none(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    document_id, _ = await created(client, acme.ana, markdown="One")
    named = await ask(client, acme.ana, document_id, "versions", {"label": "canary-of-acme"})
    path = f"/api/v1/documents/{document_id}/versions"
    version = f"{path}/{named.json()['version']['id']}"
    mallory = globex.olga.headers
    assert (await client.get(path, headers=mallory)).status_code == 404
    assert (await client.post(path, json={"label": "x"}, headers=mallory)).status_code == 404
    assert (await client.put(version, json={"label": "x"}, headers=mallory)).status_code == 404
    assert (await client.delete(version, headers=mallory)).status_code == 404
    assert (await client.get(path)).status_code == 401
    assert (await client.post(path, json={"label": "x"})).status_code == 401


async def test_who_may_read_sees_them_and_names_none(client: AsyncClient, acme: Tenant) -> None:
    document_id, position = await created(client, acme.ana, markdown="One")
    await ask(client, acme.ana, document_id, "versions", {"label": "First", "position": position})
    refused = await ask(client, acme.vera, document_id, "versions", {"label": "Mine"})
    assert (refused.status_code, refused.json()["code"]) == (403, "permission.missing")
    assert await labels(client, acme.vera, document_id) == [("First", position)]


async def test_a_name_leads_to_the_content_as_it_was(client: AsyncClient, acme: Tenant) -> None:
    # given
    document_id, _ = await created(client, acme.ana, markdown="One")
    named = await ask(client, acme.ana, document_id, "versions", {"label": "  As sent "})
    assert named.status_code == 201
    await edit(client, acme.olga, document_id, {"type": "append_markdown", "markdown": "Two"})
    # when
    [(label, position)] = await labels(client, acme.ana, document_id)
    # then
    assert label == "As sent"
    assert await markdown(client, acme.ana, document_id, at=position) == "One\n"
    assert named.json()["version"]["named_by"]["kind"] == "key"
    assert named.headers["location"].endswith(named.json()["version"]["id"])


async def test_a_version_gets_another_name_and_loses_it(client: AsyncClient, acme: Tenant) -> None:
    document_id, position = await created(client, acme.ana, markdown="One")
    named = await ask(client, acme.ana, document_id, "versions", {"label": "First", "position": position})
    version = f"/api/v1/documents/{document_id}/versions/{named.json()['version']['id']}"
    renamed = await client.put(version, json={"label": "Signed"}, headers=acme.olga.headers)
    assert renamed.json()["version"]["label"] == "Signed"
    assert await labels(client, acme.ana, document_id) == [("Signed", position)]
    assert (await client.delete(version, headers=acme.ana.headers)).status_code == 200
    gone = await client.delete(version, headers=acme.ana.headers)
    assert (gone.status_code, gone.json()["code"]) == (404, "version.not_found")
    assert await labels(client, acme.ana, document_id) == []


async def test_a_change_of_a_name_that_was_not_seen_is_a_conflict(client: AsyncClient, acme: Tenant) -> None:
    document_id, _ = await created(client, acme.ana, markdown="One")
    path = f"/api/v1/documents/{document_id}/versions"
    named = await ask(client, acme.ana, document_id, "versions", {"label": "First"})
    version = f"{path}/{named.json()['version']['id']}"
    seen = {**acme.ana.headers, "If-Match": (await client.get(path, headers=acme.ana.headers)).headers["ETag"]}
    changed = await client.put(version, json={"label": "Signed"}, headers=acme.olga.headers)
    # when
    refused = [
        await client.put(version, json={"label": "Mine"}, headers=seen),
        await client.delete(version, headers=seen),
    ]
    junk = await client.delete(version, headers={**acme.ana.headers, "If-Match": "junk"})
    # then
    assert [(r.status_code, r.json()["code"]) for r in refused] == [(409, "stream.version_conflict")] * 2
    assert (junk.status_code, junk.json()["code"]) == (422, "request.if_match_refused")
    insisting = {**acme.ana.headers, "If-Match": changed.headers["ETag"]}
    assert (await client.delete(version, headers=insisting)).status_code == 200


async def test_names_are_read_page_by_page(client: AsyncClient, acme: Tenant) -> None:
    document_id, _ = await created(client, acme.ana, markdown="One")
    path = f"/api/v1/documents/{document_id}/versions"
    for label in "abc":
        await ask(client, acme.ana, document_id, "versions", {"label": label})
    first = (await client.get(path, params={"limit": 2}, headers=acme.ana.headers)).json()
    more = {"limit": 2, "cursor": first["next_cursor"]}
    last = (await client.get(path, params=more, headers=acme.ana.headers)).json()
    assert [item["label"] for item in first["items"] + last["items"]] == ["c", "b", "a"]
    assert last["next_cursor"] is None
    assert (await client.get(path, params={"cursor": "junk"}, headers=acme.ana.headers)).status_code == 422


@pytest.mark.parametrize("label", ["", "   ", "two\nlines", "x" * 201, "\x00", "draft\u202efdp.", "a\u2066b"])
async def test_a_name_is_one_line_that_can_be_read(client: AsyncClient, acme: Tenant, label: str) -> None:
    document_id, _ = await created(client, acme.ana, markdown="One")
    refused = await ask(client, acme.ana, document_id, "versions", {"label": label})
    assert (refused.status_code, refused.json()["code"]) == (422, "version.label_refused")


@pytest.mark.parametrize("position", [1, 2**60])
async def test_what_is_named_exists(client: AsyncClient, acme: Tenant, position: int) -> None:
    document_id, _ = await created(client, acme.ana, markdown="One")
    refused = await ask(client, acme.ana, document_id, "versions", {"label": "x", "position": position})
    assert (refused.status_code, refused.json()["code"]) == (422, "history.position_refused")


async def test_pages_are_in_the_order_of_the_log_whatever_the_ids_are(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    # given
    document_id, _ = await created(client, acme.ana, markdown="One")
    for number in (3, 1, 4, 2):
        command = name_version.NameVersion(
            document_id=DocumentId(UUID(document_id)), version_id=UUID(int=number), label=str(number)
        )
        await colophon.platform.executor.execute(command, acme.ana.command())
    # when
    found: list[str] = []
    parameters: dict[str, str | int] | None = {"limit": 1}
    while parameters is not None:
        path = f"/api/v1/documents/{document_id}/versions"
        page = (await client.get(path, params=parameters, headers=acme.ana.headers)).json()
        found += [item["label"] for item in page["items"]]
        parameters = {"limit": 1, "cursor": page["next_cursor"]} if page["next_cursor"] else None
    # then
    assert found == ["2", "4", "1", "3"]


async def test_a_repeated_request_names_one_version(client: AsyncClient, acme: Tenant) -> None:
    document_id, _ = await created(client, acme.ana, markdown="One")
    wanted = {"label": "First"}
    first = await ask(client, acme.ana, document_id, "versions", wanted, **{"Idempotency-Key": "once"})
    again = await ask(client, acme.ana, document_id, "versions", wanted, **{"Idempotency-Key": "once"})
    assert again.json()["version"]["id"] == first.json()["version"]["id"]
    assert len(await labels(client, acme.ana, document_id)) == 1


async def test_what_is_archived_while_it_is_named_gets_no_name(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    # given
    document_id, _ = await created(client, acme.ana, markdown="One")
    platform = colophon.platform

    class ArchivedMeanwhile:
        """The log; the document is archived just after the command has looked at it."""

        def __getattr__(self, name: str) -> Any:
            return getattr(platform.log, name)

        async def head(self, tenant: TenantContext) -> int:
            await client.post(f"/api/v1/documents/{document_id}/archival", headers=acme.adam.headers)
            return await platform.log.head(tenant)

    ports = Ports(
        log=ArchivedMeanwhile(),
        bodies=platform.bodies,
        body_states=platform.body_states,
        policies=platform.policies,
        rights=platform.document_rights,
        id_maps=IdMapReader(platform.reads, platform.freshness),
    )
    command = name_version.NameVersion(document_id=DocumentId(UUID(document_id)), version_id=uuid4(), label="Late")
    # when, then
    with pytest.raises(VersionConflict):
        await name_version.name(command, acme.ana.command(), ports)
    assert await labels(client, acme.ana, document_id) == []
