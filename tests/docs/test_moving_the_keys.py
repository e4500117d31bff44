"""The keys of an installation that has some are moved into another database with the page's own commands."""

import asyncio
import os
import re
from pathlib import Path
from secrets import token_bytes

from app.master_key import MasterKeys
from app.master_keys import migrated
from infra.postgres.account import postgres_account
from infra.postgres.binaries import postgres_programs
from infra.postgres.embedded import EmbeddedPostgres
from tests.architecture.source_files import ROOT
from tests.event_log.two_keys import NEW, House, creating, execute, rows, title, write
from tests.support.databases import temporary_database
from tests.support.world import open_tenant

PAGE = ROOT / "docs" / "how-to" / "run-in-production.md"
MOVE = re.compile(r"^```sh needs another database\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
KEYS = "SELECT key_id, wrapped FROM keystore.data_keys ORDER BY 1"
MOVED = ("data_keys", "lasting_secrets", "password_verifiers", "tenant_keys")
PRESENT = token_bytes(32)
ONLY_PRESENT = MasterKeys(key=PRESENT)


async def moved(data_folder: Path, house: House) -> str:
    """Run the snippet and return what it said."""
    (snippet,) = MOVE.finditer(PAGE.read_text(encoding="utf-8"))
    programs = await asyncio.to_thread(postgres_programs, postgres_account(), data_folder)
    given = {
        "PATH": f"{ROOT / '.venv' / 'bin'}:{programs}:{os.environ['PATH']}",  # noqa: TID251  # handed on
        "COLOPHON_MASTER_KEY": PRESENT.hex(),
        "DATABASE": house.main,
        "KEYSTORE": str(house.keystore),
    }
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", f"set -u\n{snippet['code']}", cwd=ROOT, env=given,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_the_keys_are_moved_as_the_page_says_and_open_what_they_did(data_folder: Path) -> None:
    postgres = EmbeddedPostgres(data_folder)
    try:
        url = await postgres.start()
        async with temporary_database(url) as main, temporary_database(url) as keystore:
            # given
            before, after = House(main=main), House(main=main, keystore=keystore)
            await migrated(ONLY_PRESENT, main, None)
            async with before.running(ONLY_PRESENT) as process:
                acme = await open_tenant(process)
                merger, command = await write(process, acme), creating("Asked twice")
                receipt = await execute(process, acme, command, "a-key")
            keys = await before.rows(KEYS)
            # when
            said = await moved(data_folder, after)
            # then
            assert "Move them first" in said
            assert await after.rows(KEYS) == keys
            left = [await rows(main, f"SELECT count(*) FROM keystore.{table}") for table in MOVED]
            assert left == [[(0,)]] * len(MOVED)
            async with after.running(ONLY_PRESENT) as process:
                assert await title(process, acme, merger) == "Merger"
                assert await execute(process, acme, command, "a-key") == receipt
            await after.exchange(MasterKeys(key=NEW, other=PRESENT))
            async with after.running(MasterKeys(key=NEW)) as process:
                assert await title(process, acme, merger) == "Merger"
    finally:
        await postgres.stop()
