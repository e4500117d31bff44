"""Whether this may be asked at all: the switch, the minute, the money."""

from typing import TYPE_CHECKING

from gateway.budget import lines_of
from gateway.prepared import Prepared
from gateway.refusals import AiSwitchedOff
from gateway.tariff import Tariff

if TYPE_CHECKING:
    from gateway.door import Parts


async def switched_on(prepared: Prepared, parts: "Parts") -> None:
    del parts
    if not prepared.policy.flag("ai.enabled"):
        raise AiSwitchedOff


async def within_the_minute(prepared: Prepared, parts: "Parts") -> None:
    await parts.minute_limits.enter(prepared.course.context, prepared.policy)


async def not_exhausted(prepared: Prepared, parts: "Parts") -> None:
    """Refuse before anything is looked up or rendered when the money is gone."""
    tariff = Tariff.of(prepared.policy)
    prepared.course.currency, prepared.course.micros_per_usd = tariff.currency, tariff.micros_per_usd
    prepared.lines = lines_of(prepared.policy, prepared.course.context, parts.now())
    parts.budgets.refuse_exhausted(prepared.course.context, prepared.lines)
