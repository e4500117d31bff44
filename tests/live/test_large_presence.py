"""Presence is relayed to everybody in the room, so that it is kept small."""

from app.bootstrap import Colophon
from domain.yjs import protocol
from domain.yjs.awareness import AwarenessEntry
from tests.live.test_editing_together import a_plain_document
from tests.live.yjs_client import connected
from tests.support.world import Tenant

STATE_CHARACTERS = 10_000


def presence(first: int, clients: int) -> bytes:
    state = '"' + "x" * STATE_CHARACTERS + '"'
    entries = tuple(AwarenessEntry(client=n, clock=1, state=state) for n in range(first, first + clients))
    return protocol.write_message(protocol.Awareness(entries=entries))


async def test_a_presence_message_over_the_limit_ends_its_own_connection_only(
    colophon: Colophon, server_url: str, acme: Tenant
) -> None:
    document_id = await a_plain_document(colophon, acme)
    async with (
        connected(server_url, document_id, acme.ana.api_key) as ana,
        connected(server_url, document_id, acme.olga.api_key) as olga,
    ):
        await ana.until(lambda: ana.synced)
        await olga.until(lambda: olga.synced)
        # when within the limit
        olga.send(presence(1, 6))
        # then
        await ana.until(lambda: 6 in ana.present)
        # when over it
        olga.send(presence(101, 7))
        # then
        assert await olga.closed() == 4413
        await ana.until(lambda: ana.present[6] is None)
        assert 101 not in ana.present
