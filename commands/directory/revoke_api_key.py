"""End an API key."""

from dataclasses import dataclass

from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory import decisions
from domain.ids import ApiKeyId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeApiKey:
    key_id: ApiKeyId


async def handle(command: RevokeApiKey, context: CommandContext, ports: Ports) -> Receipt:
    past = await ports.log.load(StreamId(command.key_id), context.tenant)
    events = decisions.revoke_api_key([recorded.event for recorded in past], key_id=command.key_id)
    return await ports.log.append([StreamWrite(StreamId(command.key_id), len(past), events)], context)
