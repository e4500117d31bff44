"""Taking back what one member or one generation did, with others' work kept."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from domain.document.body import BodyKind
from domain.document.operations import AppendMarkdown, DeleteBlock
from tests.history.pasts import ask, created, done, edit, markdown
from tests.provenance.histories import a_document, accept_from_ai
from tests.support.world import Tenant


async def test_another_tenant_whoever_only_reads_and_nobody_revert_nothing(
    client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    document_id, _ = await created(client, acme.ana, markdown="One")
    wanted = {"member_id": str(acme.ana.member_id)}
    assert (await ask(client, globex.olga, document_id, "revert", wanted)).status_code == 404
    assert (await ask(client, acme.vera, document_id, "revert", wanted)).status_code == 403
    assert (await client.post(f"/api/v1/documents/{document_id}/revert", json=wanted)).status_code == 401


async def test_what_a_member_wrote_goes_and_what_they_deleted_comes_back(client: AsyncClient, acme: Tenant) -> None:
    # given
    document_id, _ = await created(client, acme.olga, markdown="Olga one\n\nOlga two")
    await edit(client, acme.ana, document_id, {"type": "append_markdown", "markdown": "by Ana"})
    await edit(client, acme.ana, document_id, {"type": "delete_block", "block": 0})
    await edit(client, acme.olga, document_id, {"type": "insert_text", "block": 1, "offset": 2, "text": "OLGA"})
    await edit(client, acme.olga, document_id, {"type": "append_markdown", "markdown": "Olga three"})
    # when
    await done(client, acme.olga, document_id, "revert", {"member_id": str(acme.ana.member_id)})
    # then
    assert await markdown(client, acme.ana, document_id) == "Olga one\n\nOlga two\n\nOLGA\n\nOlga three\n"


async def test_only_what_came_after_a_position(client: AsyncClient, acme: Tenant) -> None:
    document_id, _ = await created(client, acme.olga, markdown="Start")
    position = await edit(client, acme.ana, document_id, {"type": "append_markdown", "markdown": "early"})
    await edit(client, acme.ana, document_id, {"type": "append_markdown", "markdown": "late"})
    await done(client, acme.ana, document_id, "revert", {"member_id": str(acme.ana.member_id), "from": position})
    assert await markdown(client, acme.ana, document_id) == "Start\n\nearly\n"


async def test_what_a_generation_did_goes_and_what_its_accepter_wrote_stays(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    # given
    document_id = await a_document(colophon, acme, "Replaced\n\nKept", BodyKind.RICH)
    generation_id = await accept_from_ai(
        colophon, acme.olga, document_id, BodyKind.RICH, AppendMarkdown(markdown="By a model"), DeleteBlock(block=0)
    )
    await edit(client, acme.olga, str(document_id), {"type": "append_markdown", "markdown": "By Olga"})
    # when
    await done(client, acme.ana, str(document_id), "revert", {"generation_id": str(generation_id)})
    # then
    assert await markdown(client, acme.ana, str(document_id)) == "Replaced\n\nKept\n\nBy Olga\n"


@pytest.mark.parametrize("wanted", [{}, {"member_id": str(uuid4()), "generation_id": str(uuid4())}])
async def test_a_contribution_is_a_members_or_a_generations(
    client: AsyncClient, acme: Tenant, wanted: dict[str, Any]
) -> None:
    document_id, _ = await created(client, acme.ana, markdown="One")
    refused = await ask(client, acme.ana, document_id, "revert", wanted)
    assert (refused.status_code, refused.json()["code"]) == (422, "history.contribution_refused")


async def test_who_did_nothing_has_nothing_to_revert(client: AsyncClient, acme: Tenant) -> None:
    document_id, _ = await created(client, acme.ana, markdown="One")
    await done(client, acme.ana, document_id, "revert", {"member_id": str(acme.olga.member_id)})
    assert await markdown(client, acme.ana, document_id) == "One\n"


async def test_who_is_not_known_and_what_is_to_come_is_refused(client: AsyncClient, acme: Tenant) -> None:
    document_id, _ = await created(client, acme.ana, markdown="One")
    member = {"member_id": str(acme.ana.member_id)}
    cases: list[dict[str, Any]] = [
        {"member_id": document_id},
        {"generation_id": str(acme.ana.member_id)},
        {"member_id": str(uuid4())},
        {"generation_id": str(uuid4())},
        {**member, "from": 2**50},
    ]
    answers = [await ask(client, acme.ana, document_id, "revert", case) for case in cases]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (404, "member.not_found"),
        (404, "generation.not_found"),
        (404, "member.not_found"),
        (404, "generation.not_found"),
        (422, "history.position_refused"),
    ]
