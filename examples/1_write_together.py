"""Two stock Yjs clients, one in JavaScript and one in Python, write the same document at the same time."""

# .venv/bin/python examples/1_write_together.py [--url http://127.0.0.1:8000 --key colk_...]

import asyncio
import sys
from collections.abc import Callable

from a_colophon import a_colophon, posted
from javascript_client import install_packages, javascript_client
from python_client import python_client

SENTENCES = 20
PATIENCE_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 0.02


async def main() -> int:
    install_packages()
    async with a_colophon() as colophon, colophon.http() as http:
        document = await posted(http, "/api/v1/documents", title="Written together", body="plain")
        where = (colophon.url, document["id"], colophon.api_key)
        async with javascript_client(*where, body="plain") as js, python_client(*where, body="plain") as py:
            for number in range(SENTENCES):
                js.append(f"js{number} ")
                py.append(f"py{number} ")
            await until(lambda: len(js.acknowledged) == len(py.acknowledged) == SENTENCES)
            await until(lambda: js.text == py.text)
            print(f"Both clients show the same {len(py.text)} characters: {py.text[:60]}...")
        path = f"/api/v1/documents/{document['id']}/content"
        stored = (await http.get(path, params={"format": "text"})).text
        missing = [w for n in range(SENTENCES) for w in (f"js{n} ", f"py{n} ") if stored.count(w) != 1]
        revisions = (await http.get(f"/api/v1/documents/{document['id']}/revisions")).json()["items"]
        print(f"The log holds them in {len(revisions)} revision(s); {len(missing)} edits are missing.")
        return 1 if missing else 0


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110  # two kinds of clients, one of them another process
            await asyncio.sleep(LOOK_AGAIN_SECONDS)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
