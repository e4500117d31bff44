"""What was written is found: at once, by words, by meaning and along names; by those who may read it only."""

import hashlib

from httpx import AsyncClient

from tests.support.world import Tenant

DEAL = """# Supply agreement

Acme Inc. was founded by Ana Smith in March 2019. Ana Smith is the CEO of Acme Inc. in Berlin.

## Payment

Invoices are paid within thirty days. The wombat clause applies to late payment.
"""


async def written(client: AsyncClient, tenant: Tenant, markdown: str, title: str = "Supply") -> tuple[str, int]:
    answer = await client.post(
        "/api/v1/documents", json={"title": title, "markdown": markdown}, headers=tenant.ana.headers
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], answer.json()["receipt"]["position"]


async def test_what_was_written_is_found_by_its_words(client: AsyncClient, acme: Tenant) -> None:
    document_id, position = await written(client, acme, DEAL)
    answer = await client.get(
        "/api/v1/search",
        params={"q": "the wombat clause", "mode": "lexical", "at_least": position},
        headers=acme.vera.headers,
    )
    assert answer.status_code == 200, answer.text
    assert "X-Colophon-Stale" not in answer.headers
    (found,) = answer.json()["items"]
    assert found["document_id"] == document_id
    assert found["heading"] == "Supply agreement > Payment"
    assert found["found_by"] == ["lexical"]
    assert [found["text"][a:b].lower() for a, b in found["highlights"]] == ["wombat", "clause"]
    content = await client.get(
        f"/api/v1/documents/{document_id}/content",
        params={"format": "text", "at": found["position"]},
        headers=acme.vera.headers,
    )
    assert content.text[found["start"] : found["end"]] == found["text"]
    assert hashlib.sha256(found["text"].encode()).hexdigest() == found["sha256"]
