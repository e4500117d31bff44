"""The HTTP sessions of this process: a request that reaches another process finds none, and its client syncs again."""

import asyncio
from contextvars import Context
from dataclasses import dataclass
from typing import ClassVar

from cachetools import TTLCache
from starlette.requests import HTTPConnection

from api.limits import Limits
from api.live.closing import CloseCode, ConnectionRefused
from api.live.http_session import HttpSession
from api.live.rights import Rights
from domain.errors import Forbidden, NotFound
from domain.ids import DocumentId

ENDED_MAX = 10_000
ENDED_SECONDS_MAX = 60.0


class NoSuchLiveSession(NotFound):
    """No such session is held by this process for this credential; open another and sync, and nothing is lost."""

    code: ClassVar = "live_session.not_found"

    def __init__(self) -> None:
        super().__init__("There is no such session here; open another and sync.")


class LiveSessionReadOnly(Forbidden):
    """Edits were not taken because the member may only read; whatever else was sent was, and the session goes on."""

    code: ClassVar = "live_session.read_only"

    def __init__(self, refused: int) -> None:
        super().__init__("You may read this document and not write it.")
        self.refused = refused

    def facts(self) -> dict[str, object]:
        return {"refused_edits": self.refused}


@dataclass(frozen=True, slots=True)
class _Ended:
    document_id: DocumentId
    presented: bytes
    refusal: ConnectionRefused


class HttpSessions:
    """Found by their id together with the credential that opened them; to anybody else they do not exist."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._sessions: dict[str, HttpSession] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # Why a session ended, for the request that was on its way meanwhile.
        self._ended: TTLCache[str, _Ended] = TTLCache(ENDED_MAX, ENDED_SECONDS_MAX)

    async def open(
        self, connection: HTTPConnection, document_id: DocumentId, rights: Rights, presented: bytes
    ) -> HttpSession:
        """Return a session that is in its document's room. Raises ConnectionRefused."""
        whose = rights.context.tenant_id, rights.context.member_id
        theirs = [s for s in self._sessions.values() if (s.context.tenant_id, s.context.member_id) == whose]
        if len(theirs) >= self._limits.http_sessions_per_member_max:
            raise ConnectionRefused(CloseCode.TOO_FAST, "This member has as many sessions as they may.")
        session = HttpSession(connection, document_id, rights, presented)
        self._sessions[session.id] = session
        # In a context of its own: it outlives the request that opened it.
        task = asyncio.create_task(self._run(session), context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await session.begun
        return session

    def find(self, session_id: str, document_id: DocumentId, presented: bytes) -> HttpSession | None:
        """Return the session if this is its document and its credential. Raises ConnectionRefused when it has ended."""
        found = self._sessions.get(session_id) or self._ended.get(session_id)
        if found is None or (found.document_id, found.presented) != (document_id, presented):
            return None
        if isinstance(found, _Ended):
            raise found.refusal
        return found

    async def _run(self, session: HttpSession) -> None:
        try:
            await session.run()
        finally:
            del self._sessions[session.id]
            if (refusal := session.shelf.closing) is not None:
                self._ended[session.id] = _Ended(session.document_id, session.presented, refusal)
