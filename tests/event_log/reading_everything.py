"""Everything that can be read of a tenant over REST and GraphQL, to see that nothing of it fails."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient
from psycopg import AsyncConnection

from app.bootstrap import Colophon
from domain.ids import StreamId
from domain.recorded import Recorded
from domain.sealed import Sealed
from projections.catalogue import CATCHING_UP, INLINE
from projections.taking import wanted
from tests.support.whole_log import whole_log
from tests.support.world import Person, Tenant

IDS = ("document_id", "conversation_id", "suggestion_id", "generation_id", "report_id", "term_id", "comment_id")
QUERY = """{
  documents(first: 5) { nodes { title version markdown createdBy { __typename } provenance { __typename }
    revisions(first: 3) { nodes { number kind title markdown } }
    suggestions(first: 3) { nodes { state rationale } }
    comments(first: 3) { nodes { body anchor { quote } replies { nodes { body } } } }
    auditTrail(first: 3) { nodes { action facts } } } }
  tenant { members(first: 10) { nodes { displayName email } } }
  auditEntries(first: 50) { nodes { seq action category outcome facts } }
}"""


async def streams_of(colophon: Colophon, tenant: Tenant) -> list[StreamId]:
    return list(dict.fromkeys(recorded.stream_id for recorded in await whole_log(colophon, tenant.tenant_id)))


async def caught_up(colophon: Colophon, tenant: Tenant, position: int) -> None:
    for projector in CATCHING_UP:
        assert await colophon.platform.freshness.reached(projector, tenant.olga.context, position)


async def built_again(colophon: Colophon, tenant: Tenant) -> None:
    """Every read model, from the log; nothing of it may wait for somebody's help."""
    for projector in CATCHING_UP:
        assert await colophon.builder.rebuild(tenant.tenant_id, projector) == {}, projector.name
    events = await whole_log(colophon, tenant.tenant_id)
    for projector in INLINE:
        async with colophon.feed.as_projector(tenant.tenant_id) as transaction:
            for table in projector.tables:
                await transaction.execute(table.delete())
            await projector.apply(wanted(projector, events, {}), transaction)


async def addresses(web_app: FastAPI, events: Sequence[Recorded[Sealed]]) -> list[str]:
    """Every route that answers once, each with two ids of the tenant that it can be asked about."""
    found = []
    for path, operations in web_app.openapi()["paths"].items():
        name = path.partition("{")[2].partition("}")[0]
        is_of_a_session = "{session}" in path
        if "get" not in operations or path.endswith(("/stream", "/events", "/bundle")) or is_of_a_session:
            continue
        if name == "key":
            found.append(path.format(key="ai.passages_max"))
        elif name in IDS:
            ids = {getattr(recorded.event, name, None) for recorded in events} - {None}
            since = "?from=1" if path.endswith("/diff") else ""
            found += [path.format(**{name: id_}) + since for id_ in sorted(map(str, ids))[:2]]
        elif not name and not any(p.get("required") for p in operations["get"].get("parameters", [])):
            found.append(path)
    return found


async def read_everything(client: AsyncClient, person: Person, paths: Sequence[str]) -> dict[str, int]:
    """How each address answered; none may fail, nor may GraphQL."""
    statuses = {path: (await client.get(path, headers=person.headers)).status_code for path in paths}
    assert [path for path, status in statuses.items() if status >= 500] == []
    answer = (await client.post("/graphql", json={"query": QUERY}, headers=person.headers)).json()
    codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
    assert "data" in answer, answer
    assert codes <= {"NOT_FOUND"}, answer["errors"]
    return statuses


async def keys_in_use(database_url: str, tenant: Tenant) -> list[tuple[str, Any]]:
    """Scope and id of everything that has a key."""
    query = "SELECT scope, subject_id FROM keystore.data_keys WHERE tenant_id = %s AND wrapped IS NOT NULL"
    async with await AsyncConnection.connect(database_url) as connection:
        return list(await (await connection.execute(query, [tenant.tenant_id])).fetchall())
