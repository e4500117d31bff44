"""The stock OpenAI SDK asks Colophon about its own documents: the answer streams, cites them and tells its price."""

# .venv/bin/python examples/2_ask_with_the_openai_sdk.py [--url http://127.0.0.1:8000 --key colk_...]

import asyncio
import sys

from a_colophon import a_colophon, posted, until
from openai import AsyncOpenAI

HANDBOOK = """\
# Calibration handbook

Every scale is calibrated on the first Monday of the quarter. Whoever calibrates a scale signs the red book.

A scale that is off by more than two grams leaves the shop floor until it is repaired.
"""
QUESTION = "When is a scale calibrated?"
MICROS = 1_000_000


async def main() -> int:
    async with a_colophon() as colophon, colophon.http() as http:
        await posted(http, "/api/v1/documents", title="Calibration handbook", markdown=HANDBOOK)
        await until(http, "/api/v1/search?q=red+book+calibrates&mode=lexical", "items")
        client = AsyncOpenAI(base_url=f"{colophon.url}/v1", api_key=colophon.api_key)
        stream = await client.chat.completions.create(
            model="auto", messages=[{"role": "user", "content": QUESTION}], stream=True
        )
        told: dict[str, object] = {}
        text = ""
        async for chunk in stream:
            told = (chunk.model_extra or {}).get("colophon") or told
            piece = chunk.choices[0].delta.content or "" if chunk.choices else ""
            text += piece
            print(piece, end="", flush=True)
        print("\n")
        sources = told["sources"]
        assert isinstance(sources, list)
        for number, source in enumerate(sources, start=1):
            print(f"[S{number}] {source['title']}, revision {source['position']}: {source['text'][:70]!r}")
        cost = told["cost_micros"]
        assert isinstance(cost, int)
        print(f"It cost {cost / MICROS:.6f} dollars; {told['route_reason']}.")
        return 0 if "first Monday" in text and "[S1]" in text else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
