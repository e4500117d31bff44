"""The audit log over GraphQL: entries page by page, a report asked for and found, nothing for anybody else."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.support.world import Person, Tenant

ENTRIES = """query($after: Cursor, $filter: AuditFilter) { auditEntries(first: 3, after: $after, filter: $filter) {
  nodes { seq action category outcome subjectKind hash facts actor { __typename } }
  pageInfo { hasNextPage endCursor } totalCount } }"""
REQUEST = """mutation { auditReportRequest(input: {filter: {action: "tenant."}}) {
  auditReport { id state } userErrors { __typename } } }"""
REPORT = "query($id: ID!) { auditReport(id: $id) { id downloadUrl } }"


async def ask(client: AsyncClient, person: Person, query: str, **variables: Any) -> dict[str, Any]:
    body = {"query": query, "variables": variables}
    answer: dict[str, Any] = (await client.post("/graphql", json=body, headers=person.headers)).json()
    return answer


@pytest.mark.parametrize("query", [ENTRIES, REQUEST])
async def test_nobody_without_the_right_sees_or_asks_for_anything(
    client: AsyncClient, acme: Tenant, query: str
) -> None:
    assert (await client.post("/graphql", json={"query": query})).status_code == 401
    refused = await ask(client, acme.ana, query)
    data = refused.get("data") or {}
    assert not (data.get("auditReportRequest") or {}).get("auditReport"), refused
    assert "permission" in str(refused) or "ForbiddenError" in str(refused), refused
    assert "seq" not in str(refused), refused


async def test_entries_come_newest_first_and_all_of_them(client: AsyncClient, acme: Tenant) -> None:
    positions, after = [], None
    while True:
        page = (await ask(client, acme.otto, ENTRIES, after=after))["data"]["auditEntries"]
        positions += [node["seq"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert positions == list(range(len(positions), 0, -1))
    assert page["totalCount"] == len(positions)


async def test_a_filter_narrows_the_entries(client: AsyncClient, acme: Tenant) -> None:
    wanted = {"action": "tenant.", "from": "2001-01-01T00:00:00"}
    (only,) = (await ask(client, acme.otto, ENTRIES, filter=wanted))["data"]["auditEntries"]["nodes"]
    assert (only["action"], only["category"], only["outcome"]) == ("tenant.opened.v1", "ADMIN", "DONE")
    refused = await ask(client, acme.otto, ENTRIES, filter={"actor": "%"})
    assert refused["errors"][0]["extensions"]["problem"] == "audit.actor_refused", refused


async def test_a_report_is_asked_for_and_is_nobody_elses(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    asked = (await ask(client, acme.otto, REQUEST))["data"]["auditReportRequest"]
    assert asked["userErrors"] == []
    report_id = asked["auditReport"]["id"]
    assert (await ask(client, acme.otto, REPORT, id=report_id))["data"]["auditReport"]["id"] == report_id
    assert (await ask(client, globex.otto, REPORT, id=report_id))["data"]["auditReport"] is None
