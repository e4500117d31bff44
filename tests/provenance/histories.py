"""Ways to make documents whose authors are known."""

from collections.abc import Sequence
from typing import Any

from httpx import AsyncClient
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from app.operator import Operator
from commands.document.create_document import CreateDocument
from commands.document.edits import new_client_id, recorded_edits
from commands.event_log import StreamWrite
from domain.document.body import BodyKind
from domain.document.operations import EditOperation
from domain.document.transport import Transport
from domain.ids import DocumentId, GenerationId, edits_stream
from tests.support.world import Person, Tenant


async def a_document(
    colophon: Colophon, tenant: Tenant, content: str | None = None, body: BodyKind = BodyKind.PLAIN
) -> DocumentId:
    document_id = DocumentId(uuid7())
    command = CreateDocument(document_id=document_id, title="Notes", body=body, markdown=content)
    await colophon.platform.executor.execute(command, tenant.ana.command())
    return document_id


async def browser_cookie(colophon: Colophon, tenant: Tenant, name: str, server_url: str) -> str:
    """The session of a person who signed in with a browser."""
    link = await Operator(colophon).sign_in_link(tenant.tenant_id, f"{name}@{tenant.slug}.example")
    async with AsyncClient(base_url=server_url) as browser:
        await browser.get(link.removeprefix("http://test"))
        return f"colophon_session={browser.cookies['colophon_session']}"


async def accept_from_ai(
    colophon: Colophon, person: Person, document_id: DocumentId, kind: BodyKind, *operations: EditOperation
) -> GenerationId:
    """Text of a model taken in by a person: what accepting a hunk appends."""
    generation_id = GenerationId(uuid7())
    body = await colophon.platform.body_states.load(document_id, person.context)
    update = colophon.platform.bodies.edit(kind, body.state, operations, new_client_id())
    event = recorded_edits(
        document_id, [update], session_id="accepted", transport=Transport.SUGGESTION, generation_id=generation_id
    )
    await colophon.platform.log.append([StreamWrite(edits_stream(document_id), None, [event])], person.command())
    return generation_id


async def provenance(client: AsyncClient, person: Person, document_id: DocumentId, **parameters: int) -> dict[str, Any]:
    response = await client.get(
        f"/api/v1/documents/{document_id}/provenance", headers=person.headers, params=parameters
    )
    assert response.status_code == 200, response.text
    assert "X-Colophon-Stale" not in response.headers
    found: dict[str, Any] = response.json()
    return found


def characters_by_origin(found: dict[str, Any]) -> dict[str, int]:
    return {origin: share["characters"] for origin, share in found["shares"].items() if share["characters"]}


def told(found: dict[str, Any], texts: Sequence[str]) -> list[tuple[str, str]]:
    """Every span as (its text, its origin)."""
    return [
        (texts[span["block"]][span["start"] : span["end"]], found["authors"][span["by"]]["origin"])
        for span in found["spans"]
    ]
