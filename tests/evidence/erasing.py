"""Erasures over HTTP, and the search for words that should be gone: in tables, files, logs, answers, exports."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from httpx import AsyncClient
from psycopg import AsyncConnection

from app.bootstrap import Colophon
from tenancy.keys import answer_key
from tests.evidence.reports import bundle, proven, unpacked
from tests.support.waiting import until
from tests.support.world import Person, Tenant

ERASURES = "/api/v1/erasures"
REASON = "Request of 12 November"
_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")


async def listed(client: AsyncClient, person: Person, id_: str) -> dict[str, Any]:
    """The erasure as it stands; empty before anybody ordered it."""
    items = (await client.get(ERASURES, headers=person.headers)).json()["items"]
    return next((item for item in items if item["id"] == id_), {})


async def erased(client: AsyncClient, person: Person, **target: str) -> dict[str, Any]:
    """Order an erasure and wait until it is done."""
    ordered = await client.post(ERASURES, json={"reason": REASON, **target}, headers=person.headers)
    assert ordered.status_code == 202, ordered.text
    return await until(
        lambda: listed(client, person, ordered.json()["id"]), lambda erasure: erasure.get("state") == "done"
    )


async def whole_database(url: str, tenant_id: UUID | None = None) -> str:
    """Every row of every table as text, bytes as hexadecimal digits; of tenants' rows those of one, if it is named."""
    names = (
        "SELECT format('%I.%I', t.schemaname, t.tablename), c.column_name IS NOT NULL FROM pg_tables t "
        "LEFT JOIN information_schema.columns c ON (c.table_schema, c.table_name, c.column_name) "
        "= (t.schemaname, t.tablename, 'tenant_id') WHERE t.schemaname NOT IN ('pg_catalog', 'information_schema')"
    )
    found = []
    async with await AsyncConnection.connect(url) as connection:
        for table, is_of_tenants in await (await connection.execute(names)).fetchall():
            one = is_of_tenants and tenant_id is not None
            query = f"SELECT t::text FROM {table} t" + (" WHERE tenant_id = %s" if one else "")
            rows = await connection.execute(query.encode(), [tenant_id] if one else None)
            found.append(str(await rows.fetchall()))
    return "\n".join(found)


def words_in(text: str, words: Sequence[str]) -> list[str]:
    """Which of the words stand there, as text or as bytes."""
    lower = text.lower()
    return [word for word in words if word.lower() in lower or word.encode().hex() in lower]


def words_in_files(folder: Path, tenant_id: UUID, words: Sequence[str]) -> list[str]:
    """Which of the words stand in a file that is the tenant's or nobody's; one file at a time, they are large."""
    searched = 0
    found: set[str] = set()
    for file in folder.rglob("*"):
        whose = {match.replace("-", "") for match in _ID.findall(str(file.relative_to(folder)))}
        if file.is_file() and (not whose or tenant_id.hex in whose):
            content = file.read_bytes()
            found.update(word for word in words if word.encode() in content)
            searched += 1
    assert searched
    return sorted(found)


async def kept_answers(colophon: Colophon, tenant: Tenant) -> list[object]:
    redis = colophon._foundation.redis
    return [name async for name in redis.scan_iter(match=answer_key(tenant.tenant_id, "*"))]


async def answers(client: AsyncClient, person: Person, paths: Sequence[str]) -> str:
    """What REST answers there, and what GraphQL says of people, documents and the log."""
    query = """{ tenant { members(first: 50) { nodes { displayName email } } }
      documents(first: 50) { nodes { title } } auditEntries(first: 100) { nodes { action facts } } }"""
    graph = await client.post("/graphql", json={"query": query}, headers=person.headers)
    assert graph.json().get("errors") is None, graph.text
    got = [await client.get(f"/api/v1{path}", headers=person.headers) for path in paths]
    assert not [answer.url for answer in got if answer.status_code >= 500]
    return "\n".join([graph.text, *(answer.text for answer in got)])


async def exported(client: AsyncClient, person: Person, folder: Path) -> str:
    """What a report that verifies shows of the whole log."""
    path = await bundle(client, person, folder)
    proven(path)
    return "\n".join(data.decode(errors="replace") for data in unpacked(path).values())


async def posted(client: AsyncClient, path: str, headers: dict[str, str], **body: Any) -> dict[str, Any]:
    answer = await client.post(f"/api/v1{path}", json=body, headers=headers)
    assert answer.status_code < 300, answer.text
    return dict(answer.json())
