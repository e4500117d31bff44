"""A document's content over REST: four formats, any position, block-level edits."""

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.settings.change_setting import ChangeSetting
from domain.settings.values import Scope
from tests.api.test_documents import created_id, is_problem
from tests.support.world import Person, Tenant

MARKDOWN = """# Title

A **bold** word.

- one
- two
"""


async def content(client: AsyncClient, person: Person, document_id: str, **params: str | int) -> str:
    response = await client.get(f"/api/v1/documents/{document_id}/content", params=params, headers=person.headers)
    assert response.status_code == 200, response.text
    return response.text


async def edit(client: AsyncClient, person: Person, document_id: str, *operations: dict[str, object]) -> int:
    response = await client.post(
        f"/api/v1/documents/{document_id}/edits", json={"operations": operations}, headers=person.headers
    )
    assert response.status_code == 200, response.text
    position: int = response.json()["receipt"]["position"]
    return position


async def test_markdown_comes_back_in_each_format(client: AsyncClient, acme: Tenant) -> None:
    document_id = await created_id(client, acme.ana, markdown=MARKDOWN)
    assert await content(client, acme.ana, document_id) == MARKDOWN
    assert "<strong>bold</strong>" in await content(client, acme.ana, document_id, format="html")
    assert '"type":"heading"' in (await content(client, acme.ana, document_id, format="json")).replace(": ", ":")
    assert "A bold word." in await content(client, acme.ana, document_id, format="text")


async def test_plain_text_comes_back_as_it_was(client: AsyncClient, acme: Tenant) -> None:
    text = "def f():\n\treturn '𝄞'\n"
    document_id = await created_id(client, acme.ana, body="plain", text=text)
    assert await content(client, acme.ana, document_id, format="text") == text


async def test_an_edit_answers_what_the_next_edit_and_the_next_change_of_the_document_may_insist_on(
    client: AsyncClient, acme: Tenant
) -> None:
    # given
    document_id = await created_id(client, acme.ana, markdown="First")
    for text in ("Second", "Third"):
        edited = await client.post(
            f"/api/v1/documents/{document_id}/edits",
            json={"operations": [{"type": "append_markdown", "markdown": text}]},
            headers=acme.ana.headers,
        )
    # when
    renamed = await client.post(
        f"/api/v1/documents/{document_id}/title",
        json={"title": "New"},
        headers={**acme.ana.headers, "If-Match": f'"{edited.json()["version"]}"'},
    )
    again = [
        await client.post(
            f"/api/v1/documents/{document_id}/edits",
            json={"operations": [{"type": "append_markdown", "markdown": "Fourth"}]},
            headers={**acme.ana.headers, "If-Match": edited.headers["etag"]},
        )
        for _ in range(2)
    ]
    # then
    assert edited.headers["etag"] == f'"{edited.json()["receipt"]["position"]}"'
    assert renamed.json()["version"] == 2
    assert [one.status_code for one in again] == [200, 409]


async def test_content_above_the_limit_is_refused(client: AsyncClient, acme: Tenant) -> None:
    longest = {"title": "Long", "body": "plain", "text": "x" * 500_000}
    accepted = await client.post("/api/v1/documents", json=longest, headers=acme.ana.headers)
    longer = {**longest, "text": longest["text"] + "x"}
    refused = await client.post("/api/v1/documents", json=longer, headers=acme.ana.headers)
    assert accepted.status_code == 201
    assert is_problem(refused, "request.invalid", 422)


async def test_an_empty_document_has_empty_content(client: AsyncClient, acme: Tenant) -> None:
    document_id = await created_id(client, acme.ana)
    assert (await content(client, acme.ana, document_id)).strip() == ""


async def test_edits_are_seen_at_once_and_the_past_stays_readable(client: AsyncClient, acme: Tenant) -> None:
    document_id = await created_id(client, acme.ana, markdown="First")
    second = await edit(client, acme.ana, document_id, {"type": "append_markdown", "markdown": "Second"})
    third = await edit(client, acme.olga, document_id, {"type": "append_markdown", "markdown": "Third"})
    assert await content(client, acme.vera, document_id) == "First\n\nSecond\n\nThird\n"
    assert await content(client, acme.vera, document_id, at=third - 1) == "First\n\nSecond\n"
    assert await content(client, acme.vera, document_id, at=second - 1) == "First\n"


async def test_a_position_before_the_document_has_no_document(client: AsyncClient, acme: Tenant) -> None:
    document_id = await created_id(client, acme.ana, markdown="First")
    response = await client.get(f"/api/v1/documents/{document_id}/content?at=1", headers=acme.ana.headers)
    assert is_problem(response, "document.not_found", 404)


async def test_an_edit_that_points_nowhere_is_refused_and_changes_nothing(client: AsyncClient, acme: Tenant) -> None:
    document_id = await created_id(client, acme.ana, markdown="First")
    response = await client.post(
        f"/api/v1/documents/{document_id}/edits",
        json={"operations": [{"type": "delete_block", "block": 0}, {"type": "delete_block", "block": 7}]},
        headers=acme.ana.headers,
    )
    assert is_problem(response, "document.operation_out_of_range", 422)
    assert await content(client, acme.ana, document_id) == "First\n"


@pytest.mark.parametrize(
    "operations",
    [[], [{"type": "explode"}], [{"type": "insert_text", "offset": -1, "text": "x"}], [{"type": "delete_block"}], "x"],
)
async def test_an_operation_that_is_none_is_refused(client: AsyncClient, acme: Tenant, operations: object) -> None:
    document_id = await created_id(client, acme.ana, markdown="First")
    response = await client.post(
        f"/api/v1/documents/{document_id}/edits", json={"operations": operations}, headers=acme.ana.headers
    )
    assert is_problem(response, "request.invalid", 422)


async def test_html_cannot_run_anything(client: AsyncClient, acme: Tenant) -> None:
    document_id = await created_id(
        client, acme.ana, markdown="<script>alert(1)</script> [x](javascript:alert(1)) ![i](data:text/html,x)"
    )
    response = await client.get(f"/api/v1/documents/{document_id}/content?format=html", headers=acme.ana.headers)
    assert "<script" not in response.text
    assert "href" not in response.text
    assert "<img" not in response.text
    assert "sandbox" in response.headers["content-security-policy"]


async def test_revisions_tell_who_did_what_newest_first(client: AsyncClient, acme: Tenant) -> None:
    document_id = await created_id(client, acme.ana, markdown="First")
    await edit(client, acme.ana, document_id, {"type": "append_markdown", "markdown": "Second"})
    await edit(client, acme.olga, document_id, {"type": "append_markdown", "markdown": "Third"})
    renamed = await client.post(
        f"/api/v1/documents/{document_id}/title", json={"title": "New"}, headers=acme.olga.headers
    )
    position = renamed.json()["receipt"]["position"]
    response = await client.get(
        f"/api/v1/documents/{document_id}/revisions", params={"at_least": position}, headers=acme.vera.headers
    )
    seen = [(r["kind"], r["edits"], r["author"]["kind"]) for r in response.json()["items"]]
    assert seen == [("renamed", 0, "key"), ("edited", 1, "key"), ("edited", 2, "key"), ("created", 0, "key")]


async def test_many_edits_leave_a_snapshot_and_the_content_stays_the_same(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    # given
    often = ChangeSetting(key="snapshots.every_edits", scope=Scope.TENANT, value=10)
    await colophon.platform.executor.execute(often, acme.olga.command())
    document_id = await created_id(client, acme.ana, body="plain", text="")
    # when
    for number in range(25):
        await edit(client, acme.ana, document_id, {"type": "append_text", "text": f"{number} "})
    # then
    assert await snapshots(colophon, acme) > 0
    expected = "".join(f"{number} " for number in range(25))
    assert await content(client, acme.ana, document_id, format="text") == expected
    assert await content(client, acme.ana, document_id, format="text") == expected


async def snapshots(colophon: Colophon, tenant: Tenant) -> int:
    async with colophon.platform.reads.as_app(tenant.ana.context) as connection:
        return int((await connection.exec_driver_sql("SELECT count(*) FROM log.snapshots")).scalar_one())
