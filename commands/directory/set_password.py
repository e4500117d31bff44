"""Give a member a password; every other session ends."""

from dataclasses import dataclass, field

from commands.directory.members import require_member, require_own, sign_in_stream
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.events import PasswordSet
from domain.ids import MemberId, SessionId, VerifierId


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPassword:
    """`verifier_id` names the password's verifier, which was stored before and stands in no event."""

    member_id: MemberId
    verifier_id: VerifierId = field(compare=False)
    kept_session: SessionId | None = None


async def handle(command: SetPassword, context: CommandContext, ports: Ports) -> Receipt:
    require_own(command.member_id, context.tenant)
    await require_member(ports.log, command.member_id, context.tenant)
    event = PasswordSet(member_id=command.member_id, verifier_id=command.verifier_id, kept_session=command.kept_session)
    return await ports.log.append([StreamWrite(sign_in_stream(command.member_id), None, [event])], context)
