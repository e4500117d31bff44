"""The settings that bind whoever acts: looked up twice a second for each tenant that asks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from cachetools import LRUCache

from domain.actor import SYSTEM
from domain.directory.plans import PLANS, Plan
from domain.ids import PLATFORM, TenantId
from domain.settings.definition import Definition
from domain.settings.registry import REGISTRY
from domain.settings.values import Scope
from domain.template.live import LiveTemplates, of_the_house
from projections.directory import plan_of
from projections.projector import ReadTransactions
from projections.settings import SettingRow, all_settings
from projections.templates import live_templates
from tenancy.context import TenantContext
from tenancy.policies import Policy, SettingValue
from tenancy.recent_reads import RecentReads

AGE_SECONDS_MAX = 0.5
TENANTS_MAX = 10_000
ACTORS_MAX = 10_000

_NEVER_CHANGED: Final = 0


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """Everything set in one tenant's log, by owner and key, the caps of its plan, and its live prompt templates."""

    rows: Mapping[tuple[UUID, str], SettingRow]
    plan: Plan | None
    templates: LiveTemplates


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """
    The value that binds, who set it, and its version there.

    `own_version` is that of the nearest scope asked about, whoever set the value: what a change of it is based on.
    """

    definition: Definition
    value: SettingValue
    set_by: Scope | None
    version: int
    own_version: int = 0


class PolicyReader:
    """Implements tenancy.policies.Policies on the read model."""

    def __init__(self, reads: ReadTransactions) -> None:
        self._reads = reads
        self._snapshots: RecentReads[TenantId, _Snapshot] = RecentReads(
            keys_max=TENANTS_MAX, age_seconds_max=AGE_SECONDS_MAX
        )
        # What binds an actor is put together anew only when what it is made of was read anew, and differs.
        self._made: LRUCache[tuple[TenantId, UUID | None], tuple[_Snapshot, _Snapshot, Policy]] = LRUCache(ACTORS_MAX)

    async def of(self, context: TenantContext) -> Policy:
        """Return what binds this actor now."""
        tenant_id, member_id = context.tenant_id, context.member_id
        house = await self._snapshot(PLATFORM)
        own = house if tenant_id == PLATFORM else await self._snapshot(tenant_id)
        former = self._made.get((tenant_id, member_id))
        if former is not None and former[:2] == (house, own):
            policy = former[2]
        else:
            bindings = _bindings(house, own, tenant_id, member_id)
            base = {} if own is house else of_the_house(house.templates)
            policy = Policy(
                values={key: binding.value for key, binding in bindings.items()},
                versions={key: binding.version for key, binding in bindings.items()},
                templates={**base, **own.templates},
                house_templates=base,
            )
        # With what was read last: the next one need only see that it is the same.
        self._made[tenant_id, member_id] = house, own, policy
        return policy

    def forget(self, tenant_id: TenantId) -> None:
        self._snapshots.forget(tenant_id)

    async def bindings(self, tenant_id: TenantId, member_id: UUID | None) -> Mapping[str, Binding]:
        """Return what binds the tenant, or one of its members, and who set it."""
        house = await self._snapshot(PLATFORM)
        own = house if tenant_id == PLATFORM else await self._snapshot(tenant_id)
        return _bindings(house, own, tenant_id, member_id)

    async def _snapshot(self, tenant_id: TenantId) -> _Snapshot:
        return await self._snapshots.of(tenant_id, lambda: self._load(tenant_id))

    async def _load(self, tenant_id: TenantId) -> _Snapshot:
        """Read as the platform, in the scope of that tenant: the house's own settings are those of its own tenant."""
        context = TenantContext(tenant_id=tenant_id, actor=SYSTEM, permissions=frozenset(), request_id="policies")
        async with self._reads.as_app(context) as connection:
            rows = await all_settings(connection, tenant_id)
            plan = await plan_of(connection, tenant_id)
            templates = await live_templates(connection, tenant_id)
        return _Snapshot({(row.owner_id, row.key): row for row in rows}, PLANS.get(plan or ""), templates)


def _bindings(house: _Snapshot, own: _Snapshot, tenant_id: TenantId, member_id: UUID | None) -> Mapping[str, Binding]:
    owners: list[tuple[_Snapshot, UUID]] = [(house, PLATFORM)]
    if own is not house:
        owners += [(own, owner) for owner in (tenant_id, member_id) if owner is not None]
    found: dict[str, Binding] = {}
    for key, definition in REGISTRY.items():
        rows = [row for snapshot, owner in owners if (row := snapshot.rows.get((owner, key))) is not None]
        binding = _capped(_binding(definition, [row for row in rows if row.value is not None]), own.plan)
        nearest, owner = owners[-1]
        there = nearest.rows.get((owner, key))
        found[key] = replace(binding, own_version=there.version if there is not None else 0)
    return found


def _binding(definition: Definition, rows: list[SettingRow]) -> Binding:
    """Choose among what is set, farthest first; nothing set is the default."""
    if not rows:
        return Binding(definition=definition, value=definition.default, set_by=None, version=_NEVER_CHANGED)
    chosen = rows[-1]
    if definition.all_must_allow:
        chosen = next((row for row in rows if row.value is False), chosen)
    assert chosen.value is not None
    if definition.adds_up:
        every = dict.fromkeys(name for row in rows if isinstance(row.value, tuple) for name in row.value)
        return Binding(definition=definition, value=tuple(every), set_by=chosen.scope, version=chosen.version)
    return Binding(definition=definition, value=chosen.value, set_by=chosen.scope, version=chosen.version)


def _capped(binding: Binding, plan: Plan | None) -> Binding:
    name = binding.definition.tenant_cap
    cap = getattr(plan, name) if plan is not None and name is not None else None
    if cap is None or not isinstance(binding.value, int) or binding.value <= cap:
        return binding
    return replace(binding, value=cap)
