"""Archivers that end themselves by SIGKILL at a given step, each a fork of one process: nothing is tidied up."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import event

from app.foundation import context_signer
from domain.actor import SYSTEM
from domain.ids import TenantId
from infra import clock
from infra.blobs import FolderBlobs
from infra.event_store.archiver import Archiver
from infra.postgres.engines import Databases, open_databases
from infra.postgres.role_logins import RoleLogins
from tenancy.context import TenantContext
from tests.support.master_key import MASTER_KEY

STEPS = (
    "file half put",
    "file put",
    "before UPDATE log.archive_segments SET state = 'verified'",
    "after UPDATE log.archive_segments SET state = 'verified'",
    "after DELETE FROM log.event_payloads",
    "after it was committed",
)
REWRITING_STEPS = (
    "file put",
    "after UPDATE log.archive_segments SET state = 'replaced'",
    "before the old file is deleted",
)


def die(*_: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives that")


class DyingBlobs(FolderBlobs):
    """Dies when the file is in its place."""

    async def put(self, path: str, file: Path) -> None:
        await super().put(path, file)
        die()


def arm(step: str, databases: Databases) -> None:
    """Make the step this process's last."""
    when, _, statement = step.partition(" ")
    if step == "file half put":
        os.link = die  # type: ignore[assignment]  # this process does nothing else
    elif step == "after it was committed":
        _at_statement(databases, "before_cursor_execute", "SELECT pg_advisory_unlock", passes=0)
    elif step == "before the old file is deleted":
        _at_statement(databases, "before_cursor_execute", "SELECT segment_id", passes=1)
    elif when in {"before", "after"}:
        _at_statement(databases, f"{when}_cursor_execute", statement, passes=0)


def _at_statement(databases: Databases, hook: str, begins: str, *, passes: int) -> None:
    left = passes

    def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal left
        if statement.startswith(begins):
            if not left:
                die()
            left -= 1

    event.listen(databases.archiver.sync_engine, hook, look)


async def archive(url: str, folder: str, tenant_id: str, step: str, key_ids: list[str]) -> None:
    databases = open_databases(RoleLogins(url, MASTER_KEY).parameters, context_signer(MASTER_KEY))
    arm(step, databases)
    blobs = (DyingBlobs if step == "file put" else FolderBlobs)(Path(folder))
    context = TenantContext(
        tenant_id=TenantId(UUID(tenant_id)), actor=SYSTEM, permissions=frozenset(), request_id="dying"
    )
    archiver = Archiver(databases, blobs)
    if key_ids:
        await archiver.forget(context, [UUID(key_id) for key_id in key_ids])
    else:
        await archiver.archive(context, before=clock.now(), whole_segments_only=False)


def main() -> None:
    """Arguments: url, folder, then tenant, step and key ids (with commas) of each; prints how each ended."""
    url, folder, *each = sys.argv[1:]
    for tenant_id, step, keys in zip(each[::3], each[1::3], each[2::3], strict=True):
        child = os.fork()
        if child == 0:
            asyncio.run(archive(url, folder, tenant_id, step, [k for k in keys.split(",") if k]))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("ended", os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  # the test reads it


if __name__ == "__main__":
    main()
