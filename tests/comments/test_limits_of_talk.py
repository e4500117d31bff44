"""Threads are not settled without end, and so much is said about a document and no more; deleting always works."""

from uuid import UUID

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.catalogue import COMMANDS
from commands.comment.resolve_comment import ResolveComment
from commands.event_log import CommandContext, Receipt, VersionConflict
from commands.execute import Executor, Handled, Ports
from domain.comment import limits
from domain.ids import CommentId, DocumentId
from projections.id_maps import IdMapReader
from tests.comments.talk import replied, said, thread
from tests.suggestions.test_suggestions_of_people import a_document
from tests.support.world import Tenant


async def test_a_thread_is_settled_so_often_and_no_more(
    client: AsyncClient, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SETTLINGS_PER_THREAD_MAX", 3)
    document_id = await a_document(client, acme.ana)
    begun = await thread(client, acme.vera, document_id)
    url = f"/api/v1/comments/{begun['id']}/resolution"
    methods = ("POST", "DELETE", "POST", "POST", "DELETE")
    answers = [await client.request(method, url, headers=acme.vera.headers) for method in methods]
    # Settling what is settled changes nothing, and is no refusal.
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    refused = answers[-1].json()
    assert (refused["code"], refused["settlings_per_thread_max"]) == ("comment.too_many_settlings", 3)
    gone = await client.delete(f"/api/v1/comments/{begun['id']}", headers=acme.vera.headers)
    assert gone.status_code == 200


async def test_the_words_of_all_comments_are_bounded_whether_said_answered_or_changed(
    client: AsyncClient, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = await a_document(client, acme.ana)
    begun = await thread(client, acme.vera, document_id)
    monkeypatch.setattr(limits, "COMMENT_BYTES_PER_DOCUMENT_MAX", 1_000)
    words = "\N{SNOWMAN}" * 330
    url = f"/api/v1/comments/{begun['id']}"
    for answer in (
        await said(client, acme.ana, document_id, words),
        await replied(client, acme.ana, begun["id"], words),
        await client.put(url, json={"body": words}, headers=acme.vera.headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (429, "comment.too_much"), answer.text
    assert (await replied(client, acme.ana, begun["id"], "Few words.")).status_code == 201
    assert (await client.delete(url, headers=acme.vera.headers)).status_code == 200


async def test_what_was_seen_and_is_another_by_now_is_looked_at_once(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    document_id = await a_document(client, acme.ana)
    begun = await thread(client, acme.vera, document_id)
    looks = 0
    handled = COMMANDS[ResolveComment]

    async def counted(command: ResolveComment, context: CommandContext, ports: Ports) -> Receipt:
        nonlocal looks
        looks += 1
        return await handled.handle(command, context, ports)

    platform = colophon.platform
    ports = Ports(
        log=platform.log,
        bodies=platform.bodies,
        body_states=platform.body_states,
        policies=platform.policies,
        rights=platform.document_rights,
        id_maps=IdMapReader(platform.reads, platform.freshness),
    )
    catalogue: dict[type, Handled] = {ResolveComment: Handled(handled.permission, counted, handled.access)}
    command = ResolveComment(
        document_id=DocumentId(UUID(document_id)),
        thread_id=CommentId(UUID(begun["id"])),
        seen_position=1,
    )
    with pytest.raises(VersionConflict):
        await Executor(catalogue, ports, lambda: b"key").execute(command, acme.vera.command())
    assert looks == 1
