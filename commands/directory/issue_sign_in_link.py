"""Give a member a link that signs in once, for demos, recovery and break-glass."""

from dataclasses import dataclass, field

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.decisions import SIGN_IN_LINK_LIFETIME
from domain.directory.events import SignInLinkIssued
from domain.ids import MemberId, SignInLinkId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSignInLink:
    link_id: SignInLinkId = field(compare=False)
    member_id: MemberId
    secret_hash: bytes = field(compare=False)


async def handle(command: IssueSignInLink, context: CommandContext, ports: Ports) -> Receipt:
    issued = SignInLinkIssued(
        link_id=command.link_id,
        member_id=command.member_id,
        secret_hash=command.secret_hash,
        expires_at=context.now + SIGN_IN_LINK_LIFETIME,
    )
    return await ports.log.append([StreamWrite(StreamId(command.link_id), 0, [issued])], context)
