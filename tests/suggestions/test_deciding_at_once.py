"""Of two texts for one block, accepted at once, one goes in; others who type elsewhere keep nobody from deciding."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from app.bootstrap import Colophon
from commands.catalogue import COMMANDS
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import CONFLICT_RETRIES_MAX, Executor, Ports
from commands.suggestion.decide_suggestion import DecideSuggestion
from domain.ids import DocumentId, SuggestionId, edits_stream
from projections.id_maps import IdMapReader
from tests.suggestions.test_suggestions_of_people import a_document, content, decided, proposed
from tests.support.world import Tenant

HEAD = "# Head one\n\nThe text below it."


async def test_of_two_texts_for_one_block_accepted_at_once_one_goes_in(client: AsyncClient, acme: Tenant) -> None:
    for _ in range(5):
        document_id = await a_document(client, acme.ana, HEAD)
        wishes = ((acme.vera, "# Totally different alpha"), (acme.ana, "- list of beta"))
        alpha, beta = [
            (await proposed(client, who, document_id, block_from=0, block_to=1, replacement=text)).json()
            for who, text in wishes
        ]
        answers = await asyncio.gather(
            decided(client, acme.ana, alpha["suggestion"]["id"], h0=True),
            decided(client, acme.adam, beta["suggestion"]["id"], h0=True),
        )
        assert sorted(answer.json()["suggestion"]["state"] for answer in answers) == ["accepted", "outdated"]
        whole = await content(client, acme.ana, document_id)
        assert ("alpha" in whole) != ("beta" in whole)


class Busy:
    """The log; before each append to a document's edits somebody else has edited that document."""

    def __init__(self, colophon: Colophon, client: AsyncClient, acme: Tenant, document_id: str) -> None:
        self._log = colophon.platform.log
        self._client, self._acme, self._document_id = client, acme, document_id
        self.operation: dict[str, object] = {}
        self.appends = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    async def append(self, writes: Sequence[StreamWrite], context: CommandContext) -> Receipt:
        if any(write.stream_id == edits_stream(DocumentId(UUID(self._document_id))) for write in writes):
            self.appends += 1
            url = f"/api/v1/documents/{self._document_id}/edits"
            body = {"operations": [self.operation]}
            answer = await self._client.post(url, json=body, headers=self._acme.ana.headers)
            assert answer.status_code == 200, answer.text
        return await self._log.append(writes, context)


@pytest.mark.parametrize(
    ("block", "state"), [(1, "accepted"), (0, "outdated")], ids=["in another block", "in the block itself"]
)
async def test_others_who_never_stop_typing(
    client: AsyncClient, colophon: Colophon, acme: Tenant, block: int, state: str
) -> None:
    # given
    document_id = await a_document(client, acme.ana, HEAD)
    wish = {"block_from": 0, "block_to": 1, "replacement": "# Another"}
    suggestion_id = (await proposed(client, acme.vera, document_id, **wish)).json()["suggestion"]["id"]
    platform = colophon.platform
    log = Busy(colophon, client, acme, document_id)
    log.operation = {"type": "insert_text", "block": block, "offset": 0, "text": "x"}
    ports = Ports(
        log=log,
        bodies=platform.bodies,
        body_states=platform.body_states,
        policies=platform.policies,
        rights=platform.document_rights,
        id_maps=IdMapReader(platform.reads, platform.freshness),
    )
    command = DecideSuggestion(
        suggestion_id=SuggestionId(UUID(suggestion_id)), document_id=DocumentId(UUID(document_id)), hunks=((0, True),)
    )
    # when
    await Executor(COMMANDS, ports, lambda: b"key").execute(command, acme.adam.command())
    # then
    seen = await client.get(f"/api/v1/suggestions/{suggestion_id}", headers=acme.ana.headers)
    assert seen.json()["state"] == state
    assert ("# Another" in await content(client, acme.ana, document_id)) == (state == "accepted")
    assert log.appends == (CONFLICT_RETRIES_MAX + 1 if state == "accepted" else 2)
