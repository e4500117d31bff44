"""One document on a Hocuspocus socket: from its token to its end, in a session and a tenant scope of its own."""

import asyncio
from collections.abc import Iterator
from contextvars import Context

from starlette.websockets import WebSocket

from api.authentication import platform_of
from api.live.backlogs import Backlogs, Share
from api.live.closing import CloseCode, ConnectionRefused
from api.live.entrance import document_id_in, identified, rights_of, session_of
from api.live.inbox import Inbox, Load
from api.live.outbox import Outbox
from api.live.rights import Rights
from api.live.session import LiveSession
from api.live.together import until_one_ends
from domain.ids import DocumentId
from domain.yjs import hocuspocus, protocol, writer
from domain.yjs.reader import Malformed
from tenancy.collab_tokens import CollabTokens
from tenancy.context import TenantContext, tenant_scope
from tenancy.secrets import KEY_PREFIX

LEFT = "provider_initiated"


class HocuspocusClient:
    """The other end of a session: whatever goes to it carries its address, and each update gets one status."""

    counts = True

    def __init__(self, address: str, outbox: Outbox, *, held_seconds_max: float) -> None:
        self._prefix = writer.string(address)
        self._outbox = outbox
        self._share: Share | None = None
        self._held_seconds_max = held_seconds_max
        self._held: list[bytes] | None = None
        self._held_until: asyncio.TimerHandle | None = None
        self._applied = hocuspocus.sync_status(is_applied=True)
        self._not_applied = hocuspocus.sync_status(is_applied=False)
        self._closed = asyncio.Event()
        self._refusal: ConnectionRefused | None = None

    def count_in(self, backlogs: Backlogs, context: TenantContext) -> None:
        """Know from now on for whom everything waits."""
        self._share = backlogs.share(context, self._outbox.close)

    def put(self, frame: bytes) -> None:
        self._outbox.put(self._prefix + frame, self._share)

    def put_presence(self, frame: bytes) -> None:
        self._outbox.put_presence(self._prefix + frame, self._share)

    async def has_space(self) -> None:
        await self._outbox.has_space()

    def acknowledge(self, update: bytes, *, is_echoed: bool) -> None:  # noqa: ARG002  # it counts, and compares nothing
        self._tell(self._applied)

    def refuse(self, *, is_first: bool) -> None:  # noqa: ARG002  # it counts
        self._tell(self._not_applied)

    def hold(self) -> None:
        """
        Keep statuses back until `release`: a provider that begins a sync counts one, the answer to our question.

        It then sends what it had queued without a line, which it counted before it began, and takes the first status
        for the one it waits for. The answer holds all of it: what was said about it later is true. Whoever never
        answers is told a little later.
        """
        if self._held is None:
            self._held = []
            loop = asyncio.get_running_loop()
            self._held_until = loop.call_later(self._held_seconds_max, self.release, context=Context())

    def release(self) -> None:
        if self._held_until is not None:
            self._held_until.cancel()
        held, self._held = self._held, None
        for status in held or ():
            self.put(status)

    def _tell(self, status: bytes) -> None:
        if self._held is None:
            self.put(status)
        else:
            self._held.append(status)

    def tell_rights(self, *, may_write: bool) -> None:
        self.put(hocuspocus.authenticated(may_write=may_write))

    def close(self, refusal: ConnectionRefused) -> None:
        self._refusal = self._refusal or refusal
        self._closed.set()

    async def until_closed(self) -> None:
        """Raise the refusal that the session is closed with."""
        await self._closed.wait()
        if self._refusal is not None:
            raise self._refusal.again()


class HocuspocusDocument:
    """What a socket knows of one address."""

    def __init__(self, socket: WebSocket, frame: hocuspocus.Frame, outbox: Outbox, load: Load) -> None:
        self.address = frame.address
        self.is_open = False
        """Somebody was let in; before that, everything waits."""
        self.answers_pings = False
        self.task: asyncio.Task[None] | None = None
        self.context: TenantContext | None = None
        limits = platform_of(socket).limits
        self.client = HocuspocusClient(frame.address, outbox, held_seconds_max=limits.held_status_seconds_max)
        self.inbox = Inbox(limits, load)
        self.unauthenticated_messages = self.unauthenticated_bytes = 0
        self._name = frame.document
        self._was_answered = False
        self._socket = socket

    async def run(self, token_body: bytes) -> None:
        """Return when the client left the document; raise ConnectionRefused."""
        token = self._read(token_body)
        if not isinstance(token, hocuspocus.Token):
            raise ConnectionRefused(CloseCode.MALFORMED, "A token was expected.")
        self.answers_pings = token.client_version is not None
        document_id = document_id_in(self._name)
        caller = await identified(self._socket, document_id, _credential_in(token.token))
        rights = await rights_of(self._socket, caller, document_id)
        self.context = rights.context
        self.client.count_in(self._socket.app.state.backlogs, rights.context)
        with tenant_scope(rights.context):
            async with session_of(self._socket, document_id, rights, self.client) as session:
                self.is_open = True
                self.client.tell_rights(may_write=rights.may_write)
                session.greet()

                async def take() -> None:
                    while bodies := await self.inbox.take():
                        await self._take(bodies, session, rights, document_id)

                await until_one_ends(take, session.watch_rights, self.client.until_closed)
        self.client.put(hocuspocus.close(LEFT))

    def turn_out(self, refusal: ConnectionRefused) -> None:
        """Tell the client why it is not in the document, or not any more."""
        told = hocuspocus.close if self.is_open else hocuspocus.permission_denied
        self.client.put(told(refusal.reason))

    async def _take(self, bodies: list[bytes], session: LiveSession, rights: Rights, document_id: DocumentId) -> None:
        for body in bodies:
            if body[:1] == bytes((hocuspocus.Kind.AUTH,)) and isinstance(token := self._read(body), hocuspocus.Token):
                await rights.present(await identified(self._socket, document_id, _credential_in(token.token)))
        await session.take(self._messages(bodies))
        if self._was_answered:
            self._was_answered = False
            self.client.release()

    def _messages(self, bodies: list[bytes]) -> Iterator[protocol.Message]:
        """Read one message after the other, each when the one before has been taken."""
        for body in bodies:
            match self._read(body):
                case hocuspocus.Token() | hocuspocus.Stateless() | hocuspocus.Close():
                    # What applications tell their own server by the latter two, this one has other ways for.
                    continue
                case message:
                    if isinstance(message, protocol.SyncStep1):
                        self.client.hold()
                    self._was_answered = self._was_answered or isinstance(message, protocol.SyncStep2)
                    yield message

    def _read(self, body: bytes) -> hocuspocus.Message:
        if body[:1] == bytes((hocuspocus.Kind.AWARENESS,)) and len(body) > self._awareness_bytes_max:
            raise ConnectionRefused(CloseCode.TOO_LARGE, "The presence message is too large.")
        try:
            return hocuspocus.read_body(body)
        except Malformed as error:
            raise ConnectionRefused(CloseCode.MALFORMED, str(error)) from None

    @property
    def _awareness_bytes_max(self) -> int:
        return platform_of(self._socket).limits.awareness_bytes_max


def _credential_in(token: str) -> str | None:
    """Return the token if it is a secret of ours; a page that has only its session cookie sends any other."""
    return token if CollabTokens.is_one(token) or token.startswith(f"{KEY_PREFIX}_") else None
