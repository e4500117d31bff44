"""Taking back a session's edits leaves what it only passed on, however long ago its author began."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from pycrdt import Doc, Text

from app.bootstrap import Colophon
from commands.document.edits import recorded_edits
from commands.event_log import StreamWrite
from commands.history import revert_contribution
from commands.history.undo_edits import LOOKED_BACK_EDITS
from domain.document.transport import Transport
from domain.ids import DocumentId, edits_stream
from tests.history.pasts import ask, created, done, markdown
from tests.support.world import Person, Tenant

OLGAS_CLIENT, ADAMS_CLIENT, ANAS_CLIENT = 77, 88, 99


class Typing:
    """Browsers of a plain document, each with its own client id; what they send is recorded at once."""

    def __init__(self, colophon: Colophon, document_id: str) -> None:
        self._colophon = colophon
        self._document_id = DocumentId(UUID(document_id))
        self.server = Doc[Any]()

    def browser(self, client_id: int) -> Doc[Any]:
        browser = Doc[Any](client_id=client_id)
        browser.apply_update(self.server.get_update())
        return browser

    def typed(self, browser: Doc[Any], text: str) -> bytes:
        before = browser.get_state()
        browser.get("content", type=Text).insert(0, text)
        return browser.get_update(before)

    async def sent(self, person: Person, session_id: str, *updates: bytes) -> None:
        events = [
            recorded_edits(self._document_id, [update], session_id=session_id, transport=Transport.LIVE)
            for update in updates
        ]
        for update in updates:
            self.server.apply_update(update)
        writes = [StreamWrite(edits_stream(self._document_id), None, events)]
        await self._colophon.platform.log.append(writes, person.command())


async def passed_on(colophon: Colophon, client: AsyncClient, acme: Tenant) -> str:
    """Return a document in which Olga's session sent what Ana typed offline, long after Ana began; and her own."""
    document_id, _ = await created(client, acme.adam, body="plain")
    typing = Typing(colophon, document_id)
    ana = typing.browser(ANAS_CLIENT)
    await typing.sent(acme.ana, "anas", typing.typed(ana, "Ana began. "))
    adam = typing.browser(ADAMS_CLIENT)
    await typing.sent(acme.adam, "adams", *(typing.typed(adam, "c") for _ in range(LOOKED_BACK_EDITS + 20)))
    await typing.sent(acme.olga, "olgas", typing.typed(ana, "Ana went on. "))
    olga = typing.browser(OLGAS_CLIENT)
    await typing.sent(acme.olga, "olgas later", typing.typed(olga, "Olga. "))
    return document_id


async def test_undo_leaves_it(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    # given
    document_id = await passed_on(colophon, client, acme)
    before = await markdown(client, acme.ana, document_id)
    assert "Ana went on. Ana began. " in before
    # when
    await done(client, acme.olga, document_id, "undo")
    await ask(client, acme.olga, document_id, "undo")
    # then
    assert await markdown(client, acme.ana, document_id) == before.removeprefix("Olga. ")


async def test_revert_leaves_it_and_takes_what_others_passed_on(
    colophon: Colophon, client: AsyncClient, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(revert_contribution, "REVERTED_EDITS_MAX", 10)
    document_id = await passed_on(colophon, client, acme)
    before = await markdown(client, acme.ana, document_id)
    path = f"/api/v1/documents/{document_id}/revisions"
    revisions = (
        await client.get(path, params={"at_least": await head(colophon, acme)}, headers=acme.ana.headers)
    ).json()
    [adams] = [one for one in revisions["items"] if one["edits"] > LOOKED_BACK_EDITS]
    # when
    olgas = {"member_id": str(acme.olga.member_id), "from": adams["position_to"]}
    await done(client, acme.olga, document_id, "revert", olgas)
    left = await markdown(client, acme.ana, document_id)
    await done(client, acme.olga, document_id, "revert", {**olgas, "member_id": str(acme.ana.member_id)})
    # then
    assert left == before.removeprefix("Olga. ")
    assert await markdown(client, acme.ana, document_id) == left.replace("Ana went on. ", "")


async def head(colophon: Colophon, acme: Tenant) -> int:
    return await colophon.platform.log.head(acme.ana.context)
