"""A conversation with a hosted model that says what a test tells it to, as far as it tells it to."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from httpx import AsyncClient

from app.bootstrap import Colophon
from projections import ai_ledger
from tests.assistant.following import Followed, streamed, until
from tests.assistant.talking import begin
from tests.support.model_server import ModelServer
from tests.support.world import Tenant

SAID = "The harbour keeps "
NEVER_SAID = "eleven boats."

Stream = AsyncIterator[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Hosted:
    """A process, its tenant, the model, and where it is served."""

    colophon: Colophon
    acme: Tenant
    model: ModelServer
    url: str

    @asynccontextmanager
    async def client(self) -> AsyncIterator[AsyncClient]:
        async with AsyncClient(base_url=self.url, timeout=20) as client:
            yield client

    async def ledger(self) -> Sequence[Any]:
        async with self.colophon.platform.reads.as_app(self.acme.ana.context) as connection:
            return (await connection.execute(ai_ledger.ai_calls.select())).all()


@asynccontextmanager
async def in_mid_answer(hosted: Hosted, client: AsyncClient) -> AsyncIterator[tuple[str, Stream]]:
    """A conversation and its stream, once SAID was heard of an answer that would go on with NEVER_SAID."""
    hosted.model.pieces, hosted.model.pauses_after = [SAID, NEVER_SAID], 1
    conversation = await begin(client, hosted.acme.ana)
    async with streamed(hosted.url, hosted.acme.ana, conversation, **{"Last-Event-ID": "0"}) as stream:
        question = {"text": "What does the harbour keep?"}
        path = f"/api/v1/conversations/{conversation}/messages"
        asked = await client.post(path, json=question, headers=hosted.acme.ana.headers)
        assert asked.status_code == 202, asked.text
        heard: Followed = await until(stream, "delta")
        assert json.dumps(list(heard.texts.values())) == json.dumps([SAID])
        yield conversation, stream
