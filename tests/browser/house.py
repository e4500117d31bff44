"""A tenant in whose pages there is something to see."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from httpx import AsyncClient

from app.bootstrap import Colophon
from tests.support.knowing import indexed
from tests.support.waiting import until
from tests.support.world import Person, Tenant, open_tenant

DEMO = Path(__file__).parents[2] / "app/demo/documents/incident-report.md"


@dataclass(frozen=True, slots=True)
class House:
    """Its tenant, and the ids that addresses of pages are made of."""

    tenant: Tenant
    ids: dict[str, str]


async def furnished(colophon: Colophon, server_url: str) -> House:
    """Open it: documents, a suggestion, a term, an answer that cites, a report, an erasure."""
    tenant = await open_tenant(colophon, "House")
    ana, otto, olga = tenant.ana, tenant.otto, tenant.olga
    async with AsyncClient(base_url=server_url, timeout=90) as http:
        rich = await post(http, ana, "/documents", title="Incident report", markdown=DEMO.read_text())
        plain = await post(http, ana, "/documents", title="deploy.yaml", body="plain", text="replicas: 3\n")
        gone = await post(http, ana, "/documents", title="A mistake", markdown="Whose salary is what.")
        change = {"block_from": 1, "block_to": 1, "replacement": "Nobody was hurt, see [S1]."}
        await post(http, ana, f"/documents/{rich['id']}/suggestions", **change)
        said = {"body": f"Is that all of it, <@{otto.member_id}>?", "anchor": {"block": 1, "start": 0, "end": 9}}
        await post(http, ana, f"/documents/{rich['id']}/comments", **said)
        await post(http, ana, "/terms", term="Ingestion gateway", definition="Where measurements come in.")
        await post(http, olga, "/erasures", document_id=gone["id"], reason="It was never ours.")
        report = await post(http, otto, "/audit/reports")
        await indexed(colophon, tenant, gone["receipt"]["position"], with_vectors=True)
        talk = await post(http, ana, "/conversations", assistant="chat")
        await post(http, ana, f"/conversations/{talk['id']}/messages", text="What happened to the certificate?")
        await until(lambda: get(http, ana, f"/conversations/{talk['id']}"), lambda now: now["running"] is None)
        entities = await until(lambda: get(http, ana, "/entities"), lambda page: bool(page["items"]))
        await until(lambda: get(http, otto, f"/audit/reports/{report['id']}"), lambda one: one["state"] != "queued")
        await until(lambda: get(http, otto, "/erasures"), lambda page: page["items"][0]["state"] == "done")
    entity = max(entities["items"], key=lambda one: one["mentions"])
    made = {"rich": rich["id"], "plain": plain["id"], "talk": talk["id"], "entity": entity["id"]}
    return House(tenant, {**made, "entity_name": entity["name"]})


async def post(http: AsyncClient, who: Person, path: str, **body: Any) -> dict[str, Any]:
    answer = await http.post(f"/api/v1{path}", json=body, headers=who.headers)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def get(http: AsyncClient, who: Person, path: str) -> dict[str, Any]:
    answer = await http.get(f"/api/v1{path}", headers=who.headers)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found
