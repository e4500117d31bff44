"""What people rated, learnt from in the background: each process has its own snapshot, made again when it starts."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

import structlog
from cachetools import LRUCache
from sqlalchemy import text

from app.foundation import Foundation
from domain.actor import SYSTEM
from domain.ai.events import MICROS, AiCallSettled
from domain.ids import TenantId
from gateway.confidence.calibration import Labelled, calibrated
from gateway.confidence.calibrations import Calibrations, Learnt, Snapshot, Task
from gateway.confidence.replaying import Decided, Replayed, replayed
from infra import clock
from projections.ai_ratings import RatedCall, newest_rating, rated_calls
from tenancy.context import TenantContext, every_tenant

LOOK_SECONDS: Final = 15.0
"""How often tenants whose answers are judged are looked after."""
CALLS_MAX: Final = 5_000
"""The newest rated calls of a tenant are learnt from; older ones tell of other models and other people."""
AT_ONCE: Final = 250
TENANTS_MAX: Final = 200
"""Of so many tenants it is remembered what their rated calls showed; of others it is read again."""
GOOD_MIN, BAD_MAX = 4, 2
"""What members rate between the two is neither good nor bad, and teaches nothing."""

_CERTAIN: Final = 1000
"""In thousandths."""

Shown = tuple[Task, Decided] | None
"""What a call showed before anybody rated it; None where it was not judged, or somebody else answered."""

log = structlog.get_logger()


class Refitting:
    """Implements gateway.confidence.calibrations.Learning."""

    def __init__(self, base: Foundation, calibrations: Calibrations) -> None:
        self._base = base
        self._calibrations = calibrations
        self._shown: LRUCache[TenantId, dict[UUID, Shown]] = LRUCache(TENANTS_MAX)
        self._one_replay = asyncio.Lock()

    async def run(self) -> None:
        """Learn from what was rated before this process began, then from what is; until cancelled."""
        has_begun = False
        while True:
            try:
                wanted = set(self._calibrations.asked_for) if has_begun else await self._everybody()
                for tenant_id in sorted(wanted):
                    await self.refit(tenant_id)
                has_begun = True
            except Exception as error:  # noqa: BLE001  # routes stay as they are; the next time may do better
                log.warning("ai.not_learnt", error=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def looked_up(self, context: TenantContext) -> Snapshot:
        """Return the tenant's snapshot as of its last rating."""
        return await self.refit(context.tenant_id)

    async def replayed(self, context: TenantContext, threshold: float) -> Mapping[Task, Replayed]:
        """Return what this threshold would have made of the newest rated calls; one replay at a time."""
        context = _learning_for(context.tenant_id)
        async with self._one_replay:
            async with self._base.databases.as_app(context) as connection:
                calls = await rated_calls(connection, context.tenant_id, newest=CALLS_MAX)
            shown = await self._shown_by(calls, context)
            return await asyncio.to_thread(_replayed, calls, shown, threshold)

    async def refit(self, tenant_id: TenantId) -> Snapshot:
        """Return the snapshot, made again if anything was rated since it was made."""
        context = _learning_for(tenant_id)
        known = self._calibrations.known(tenant_id)
        async with self._base.databases.as_app(context) as connection:
            position = await newest_rating(connection, tenant_id)
            if known is not None and known.position == position:
                return known
            if not position:
                # Most tenants of a large house rate nothing; nothing is kept of them.
                return Snapshot(tasks={}, position=0, made_at=clock.now())
            calls = await rated_calls(connection, tenant_id, newest=CALLS_MAX)
        shown = await self._shown_by(calls, context)
        snapshot = Snapshot(
            tasks=await asyncio.to_thread(_learnt, calls, shown), position=position, made_at=clock.now()
        )
        self._calibrations.replace(tenant_id, snapshot)
        return snapshot

    async def _everybody(self) -> set[TenantId]:
        with every_tenant(reason="every tenant's ratings are learnt from again when a process starts"):
            async with self._base.databases.projector.begin() as connection:
                rows = await connection.scalars(text("SELECT tenant_id FROM sec.list_tenants()"))
                return {TenantId(tenant_id) for tenant_id in rows}

    async def _shown_by(self, calls: Sequence[RatedCall], context: TenantContext) -> Mapping[UUID, Shown]:
        """Return what each call showed; facts that were read before are not read again."""
        before = self._shown.get(context.tenant_id, {})
        shown = {call.call_id: before[call.call_id] for call in calls if call.call_id in before}
        missing = [call for call in calls if call.call_id not in before]
        for begin in range(0, len(missing), AT_ONCE):
            part = missing[begin : begin + AT_ONCE]
            for recorded in await self._base.log.at([call.position for call in part], context):
                if isinstance(recorded.event, AiCallSettled):
                    shown[recorded.event.call_id] = _shown(recorded.event)
        self._shown[context.tenant_id] = shown
        return shown


def _learning_for(tenant_id: TenantId) -> TenantContext:
    return TenantContext(tenant_id=tenant_id, actor=SYSTEM, permissions=frozenset(), request_id="confidence")


def _shown(call: AiCallSettled) -> Shown:
    judged = call.judgement
    if judged is None or call.cached or judged.escalated is (judged.model == f"{call.provider}/{call.model}"):
        return None
    task = Task(
        purpose=call.purpose, template=call.template, template_version=call.template_version, model=judged.model
    )
    first = call.other_legs_micros if judged.escalated else call.cost_micros
    return task, Decided(
        signals=judged.signals,
        escalated=judged.escalated,
        # Asked for again without a lot: no answer of that kind is given, whatever the threshold.
        useless=judged.escalated and judged.confidence_permille == 0 and judged.propensity_permille == _CERTAIN,
        propensity_permille=judged.propensity_permille,
        good=False,
        small_micros=first * MICROS // call.micros_per_usd,
        larger_micros=(call.cost_micros - first) * MICROS // call.micros_per_usd,
    )


def _rated(calls: Sequence[RatedCall], shown: Mapping[UUID, Shown]) -> Mapping[Task, list[Decided]]:
    """Return what was rated good or bad, by task."""
    rows: defaultdict[Task, list[Decided]] = defaultdict(list)
    for call in calls:
        seen = shown.get(call.call_id)
        if seen is not None and (call.rating >= GOOD_MIN or call.rating <= BAD_MAX):
            task, answer = seen
            rows[task].append(replace(answer, good=call.rating >= GOOD_MIN))
    return rows


def _learnt(calls: Sequence[RatedCall], shown: Mapping[UUID, Shown]) -> Mapping[Task, Learnt]:
    """Return what was learnt of each task. CPU-bound."""
    found = {}
    for task, rows in _rated(calls, shown).items():
        of_it = [_labelled(row) for row in rows if not row.escalated]
        if of_it:
            good = sum(row.good for row in of_it)
            found[task] = Learnt(labelled=len(of_it), good=good, calibration=calibrated(of_it))
    return found


def _labelled(row: Decided) -> Labelled:
    return Labelled(signals=row.signals, good=row.good, weight=_CERTAIN / max(1, row.propensity_permille))


def _replayed(calls: Sequence[RatedCall], shown: Mapping[UUID, Shown], threshold: float) -> Mapping[Task, Replayed]:
    """Return what the threshold would have made of each task. CPU-bound."""
    return {task: replayed(rows, threshold) for task, rows in _rated(calls, shown).items()}
