"""Load a tenant's prompt template, and append what was decided about it."""

from collections.abc import Callable, Sequence
from typing import cast
from uuid import UUID

from commands.event_log import CommandContext, EventLog, Receipt, StreamWrite, VersionConflict
from commands.execute import Ports
from domain.recorded import Unreadable
from domain.sealed import Sealed
from domain.template.decisions import template_id_of, template_stream
from domain.template.events import TemplateEvent
from domain.template.limits import NAME
from domain.template.state import Template, template_of
from tenancy.context import TenantContext


async def append_to_template(
    ports: Ports,
    name: str,
    decide: Callable[[Template, UUID], Sequence[Sealed]],
    context: CommandContext,
    *,
    seen_version: int | None,
) -> Receipt:
    """Decide on the template as it is; raise VersionConflict when the caller had seen another version of it."""
    tenant = context.tenant
    stream_id = template_stream(tenant.tenant_id, name)
    past = await _past(ports.log, name, tenant)
    events = decide(template_of(past), template_id_of(tenant.tenant_id, name))
    if seen_version is not None and seen_version != len(past):
        raise VersionConflict(stream_id, len(past))
    receipt = await ports.log.append([StreamWrite(stream_id, len(past), events)], context)
    ports.policies.forget(tenant.tenant_id)
    return receipt


async def _past(log: EventLog, name: str, tenant: TenantContext) -> Sequence[TemplateEvent]:
    if NAME.fullmatch(name) is None:
        return []
    recorded = await log.load(template_stream(tenant.tenant_id, name), tenant)
    return [cast("TemplateEvent", one.event) for one in recorded if not isinstance(one.event, Unreadable)]
