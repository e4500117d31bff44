"""Shut a tenant: no credential of it is valid until it is resumed."""

from dataclasses import dataclass

from commands.directory.tenants import load_tenant
from commands.event_log import CommandContext, Receipt, StreamWrite
from commands.execute import Ports
from domain.directory.tenants import suspend
from domain.ids import StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendTenant:
    reason: str


async def handle(command: SuspendTenant, context: CommandContext, ports: Ports) -> Receipt:
    past = await load_tenant(ports.log, context.tenant)
    events = suspend(past, reason=command.reason)
    return await ports.log.append([StreamWrite(StreamId(context.tenant.tenant_id), len(past), events)], context)
