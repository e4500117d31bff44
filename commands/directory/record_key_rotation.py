"""Write down that a tenant's keys are wrapped by a new one from here on."""

from dataclasses import dataclass

from commands.directory.tenants import load_tenant
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.tenants import begin_epoch
from domain.ids import StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKeyRotation:
    epoch: int


async def handle(command: RecordKeyRotation, context: CommandContext, ports: Ports) -> Receipt:
    past = await load_tenant(ports.log, context.tenant)
    events = begin_epoch(past, epoch=command.epoch)
    return await ports.log.append([StreamWrite(StreamId(context.tenant.tenant_id), len(past), events)], context)
