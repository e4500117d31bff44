"""Names of tenants, told to another process over a pair of sockets: a hint that is lost costs the other one a poll."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from domain.ids import TenantId

_ID_BYTES = 16
_READ_BYTES = 64 * 1024


class TenantHints:
    """One end; `heard` is called with each tenant, `gone` when the other process has ended."""

    def __init__(self, heard: Callable[[TenantId], None], gone: Callable[[], None]) -> None:
        self._heard = heard
        self._gone = gone
        self._end: socket.socket | None = None
        self._unread = b""

    def connect(self, end: socket.socket) -> None:
        """Use this end from now on, in place of the one to a process that is gone."""
        self.close()
        end.setblocking(False)  # noqa: FBT003  # its own signature
        self._end, self._unread = end, b""
        asyncio.get_running_loop().add_reader(end, self._read)

    def tell(self, tenant_id: TenantId) -> None:
        """Returns at once; who does not read is not waited for."""
        if self._end is not None:
            with suppress(OSError):
                self._end.send(tenant_id.bytes)

    def close(self) -> None:
        if self._end is not None:
            asyncio.get_running_loop().remove_reader(self._end)
            self._end.close()
            self._end = None

    def _read(self) -> None:
        assert self._end is not None
        try:
            read = self._end.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            read = b""
        if not read:
            self.close()
            self._gone()
            return
        told = self._unread + read
        whole = len(told) // _ID_BYTES * _ID_BYTES
        self._unread = told[whole:]
        # Once each, however often it was told meanwhile.
        for name in {told[start : start + _ID_BYTES] for start in range(0, whole, _ID_BYTES)}:
            self._heard(TenantId(UUID(bytes=name)))
