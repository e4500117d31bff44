"""What callers asked of the log and what they were told, one line a step, in a file that outlives its process."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from uuid_utils.compat import uuid7

from commands.event_log import CommandContext, EventLog, LogUnavailable, Receipt, StreamWrite, VersionConflict
from infra import clock
from tenancy.context import TenantContext

NOTHING: Final = "\\N"
"""How COPY spells null."""


class Ledger:
    """Several processes may write one file: each line is one append to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def close(self) -> None:
        os.close(self._file)

    async def append(
        self,
        log: EventLog,
        tenant: TenantContext,
        writes: Sequence[StreamWrite],
        *,
        idempotency_key: str | None = None,
        fingerprint: bytes = b"",
    ) -> Receipt:
        """Append, and write down what was asked and answered. Raises what the log raises."""
        command_id = uuid7()
        context = CommandContext(
            tenant=tenant,
            command_id=command_id,
            now=clock.now(),
            idempotency_key=idempotency_key,
            fingerprint=fingerprint,
        )
        asked = [str(command_id), str(tenant.tenant_id), str(sum(len(w.events) for w in writes))]
        self._write("asked", asked)
        try:
            receipt = await log.append(writes, context)
        except VersionConflict:
            self._write("refused", asked)
            raise
        except LogUnavailable:
            self._write("unknown", asked)
            raise
        self._write("acknowledged", asked, receipt)
        return receipt

    def foretell(self, command_id: UUID, tenant: TenantContext, events: int) -> None:
        """Write down what somebody else asks for, whose answer nobody will hear."""
        self._write("asked", [str(command_id), str(tenant.tenant_id), str(events)])

    def _write(self, step: str, asked: Sequence[str], receipt: Receipt | None = None) -> None:
        answer = (
            [NOTHING] * 3
            if receipt is None
            else [str(receipt.position), str(receipt.stream_id), str(receipt.stream_version)]
        )
        os.write(self._file, ("\t".join([step, *asked, *answer]) + "\n").encode())
