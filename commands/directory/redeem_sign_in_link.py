"""Turn a one-time link into a session; the link's own stream makes sure that it happens once."""

from dataclasses import dataclass, field

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.decisions import SESSION_LIFETIME
from domain.directory.events import SessionStarted
from domain.ids import MemberId, SessionId, SignInLinkId, StreamId

_ISSUED_AND_NOTHING_ELSE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemSignInLink:
    link_id: SignInLinkId
    member_id: MemberId
    session_id: SessionId = field(compare=False)
    secret_hash: bytes = field(compare=False)

    @property
    def expected_version(self) -> int:
        """Somebody else's use of the link is final: deciding again would use it twice."""
        return _ISSUED_AND_NOTHING_ELSE


async def handle(command: RedeemSignInLink, context: CommandContext, ports: Ports) -> Receipt:
    """Raises VersionConflict when the link was used before."""
    started = SessionStarted(
        session_id=command.session_id,
        member_id=command.member_id,
        link_id=command.link_id,
        secret_hash=command.secret_hash,
        expires_at=context.now + SESSION_LIFETIME,
    )
    write = StreamWrite(StreamId(command.link_id), command.expected_version, [started])
    return await ports.log.append([write], context)
