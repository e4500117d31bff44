"""Stock Yjs clients write while the server is killed again and again; every edit that it acknowledged must survive."""

# .venv/bin/python examples/survive_a_kill.py
# It starts a Colophon of its own in a temporary folder and leaves nothing behind.

import asyncio
import base64
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from javascript_client import JavaScriptClient, install_packages, javascript_client
from python_client import PythonClient, python_client
from server import Server

EDITS_BEFORE_A_KILL = 25
UNACKNOWLEDGED_EDITS_MAX = 10
KEYSTROKE_SECONDS = 0.01
PATIENCE_SECONDS = 30.0

Client = JavaScriptClient | PythonClient


class Kill(NamedTuple):
    """`reconnecting`: the clients come back by themselves. Otherwise they stay away until the server was checked."""

    what: str
    postgres_too: bool
    reconnecting: bool


KILLS = (
    Kill("the server", postgres_too=False, reconnecting=False),
    Kill("the server and its PostgreSQL at once", postgres_too=True, reconnecting=False),
    Kill("the server, with the clients left to themselves", postgres_too=False, reconnecting=True),
)


@dataclass(frozen=True, slots=True)
class Story:
    """One document with two people in it."""

    server: Server
    api_key: str
    document_id: str
    body: str
    clients: tuple[Client, Client]

    @property
    def acknowledged(self) -> list[str]:
        return [edit for client in self.clients for edit in client.acknowledged]

    async def in_rest(self) -> str:
        path = f"/api/v1/documents/{self.document_id}/content?format=text"
        return await self.server.get(path, self.api_key)

    async def in_graphql(self) -> str:
        # A node's id: its type and the id that REST knows.
        node_id = base64.b64encode(f"Document:{self.document_id}".encode()).decode()
        query = "query($id: ID!) { document(id: $id) { markdown } }"
        answer = await self.server.post("/graphql", self.api_key, query=query, variables={"id": node_id})
        return str(answer["data"]["document"]["markdown"])

    async def lost(self, edits: Sequence[str], *, look_at_clients: bool = False) -> list[str]:
        """Return what is not exactly once in REST, in GraphQL and, when they are connected, in both clients."""
        texts = [await self.in_rest(), await self.in_graphql()]
        if look_at_clients:
            texts += [client.text for client in self.clients]
        return [edit for edit in edits if any(text.count(edit.strip()) != 1 for text in texts)]

    async def write(self) -> None:
        """Let both people type, never far ahead of what is acknowledged, until cancelled."""
        while True:
            for name, client in zip(("js", "py"), self.clients, strict=True):
                if len(client.typed) - len(client.acknowledged) < UNACKNOWLEDGED_EDITS_MAX:
                    client.append(f"{name}{len(client.typed)}✓𝄞 ")
            await asyncio.sleep(KEYSTROKE_SECONDS)


async def main() -> int:
    install_packages()
    with tempfile.TemporaryDirectory(prefix="colophon-example-") as parent:
        # The folder of PostgreSQL's user is below, also when root runs this.
        Path(parent).chmod(0o755)  # noqa: ASYNC240  # once, before anything else happens
        server = Server(Path(parent) / "data")
        try:
            return await tell(server)
        finally:
            server.stop()


async def tell(server: Server) -> int:
    """Begin, kill and look, end; return the exit code."""
    await server.start()
    print(f"Colophon is up at {server.url}, on an empty folder.")
    made = await server.command("tenant", "create", "acme", "--name", "Acme", "--owner", "olga@acme.example")
    api_key = made["api_key"]
    async with AsyncExitStack() as stack:
        stories = [await begin(stack, server, api_key, body) for body in ("plain", "rich")]
        writing = [asyncio.create_task(story.write()) for story in stories]
        lost = [edit for kill in KILLS for edit in await survive(server, stories, kill)]
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
        for story in stories:
            await until(lambda: everything_is_everywhere(story), story.clients)  # noqa: B023  # called before the next one
            lost += await story.lost(story.clients[0].typed + story.clients[1].typed, look_at_clients=True)
        return verdict(stories, lost)


async def begin(stack: AsyncExitStack, server: Server, api_key: str, body: str) -> Story:
    """Create a document, and open it in both clients."""
    document = await server.post("/api/v1/documents", api_key, title=f"The {body} document", body=body)
    clients = (
        await stack.enter_async_context(javascript_client(server.url, document["id"], api_key, body=body)),
        await stack.enter_async_context(python_client(server.url, document["id"], api_key, body=body)),
    )
    return Story(server, api_key, document["id"], body, clients)


async def survive(server: Server, stories: Sequence[Story], kill: Kill) -> list[str]:
    """Kill in the middle of writing, start again; return the acknowledged edits that are gone."""
    clients = [client for story in stories for client in story.clients]
    goals = [len(client.acknowledged) + EDITS_BEFORE_A_KILL for client in clients]
    await until(
        lambda: all(len(client.acknowledged) >= goal for client, goal in zip(clients, goals, strict=True)),
        clients,
    )
    server.kill(postgres_too=kill.postgres_too)
    if not kill.reconnecting:
        # Otherwise a client would bring back what the server has lost, and hide it.
        await asyncio.gather(*(client.disconnect() for client in clients))
    acknowledged = [story.acknowledged for story in stories]
    started = time.perf_counter()
    await server.start()
    seconds = time.perf_counter() - started
    lost = [e for story, edits in zip(stories, acknowledged, strict=True) for e in await story.lost(edits)]
    count = sum(map(len, acknowledged))
    print(f"Killed {kill.what}: up again after {seconds:.1f} s; of {count} acknowledged edits {len(lost)} are lost.")
    await asyncio.gather(*(client.connect() for client in clients))
    return lost


def everything_is_everywhere(story: Story) -> bool:
    typed = [edit.strip() for client in story.clients for edit in client.typed]
    return len(story.acknowledged) == len(typed) and all(
        edit in client.text for client in story.clients for edit in typed
    )


def verdict(stories: Sequence[Story], lost: Sequence[str]) -> int:
    """Print what came out of it; return the exit code."""
    for story in stories:
        by_js, by_py = (len(client.typed) for client in story.clients)
        print(f"The {story.body} document: {by_js} edits by y-websocket and {by_py} by pycrdt, all acknowledged.")
    if lost:
        print(f"LOST: {', '.join(lost)}")
        return 1
    print("REST, GraphQL and both clients hold every acknowledged edit, once.")
    return 0


async def until(condition: Callable[[], bool], clients: Sequence[Client]) -> None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():  # noqa: ASYNC110  # two kinds of clients, one of them another process
                await asyncio.sleep(KEYSTROKE_SECONDS)
    except TimeoutError:
        states = "".join(f"\n  {client}" for client in clients)
        raise RuntimeError(f"waited {PATIENCE_SECONDS:.0f} s in vain; acknowledged by then:{states}") from None


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
