"""The tenant that this piece of work belongs to, held in one ContextVar."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from domain.actor import Actor
from domain.directory.roles import Role
from domain.ids import MemberId, TenantId
from tenancy.roles import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantContext:
    """Who acts, for which tenant, with which rights; set after a membership check and never changed."""

    tenant_id: TenantId
    actor: Actor
    permissions: frozenset[Permission]
    request_id: str
    member_id: MemberId | None = None
    """The member behind the actor: itself, or the owner of the API key; None for processes of ours."""
    role: Role | None = None
    """The member's role, whatever a key's scopes leave of its permissions."""


class OutsideTenantScope(RuntimeError):
    """Work that belongs to a tenant was started without saying which: a bug, never a user's mistake."""

    def __init__(self) -> None:
        super().__init__("no tenant scope is open")


_current: ContextVar[TenantContext | None] = ContextVar("colophon_tenant", default=None)


def current_tenant() -> TenantContext:
    """Return the open scope's context; raise OutsideTenantScope when there is none."""
    context = _current.get()
    if context is None:
        raise OutsideTenantScope
    return context


def current_context_or_none() -> TenantContext | None:
    """Return the open scope's context for the log processor, which must also work outside one."""
    return _current.get()


@contextmanager
def tenant_scope(context: TenantContext) -> Iterator[TenantContext]:
    """Do the work inside for this tenant and no other."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


@contextmanager
def every_tenant(*, reason: str) -> Iterator[None]:
    """Leave the tenant scope, for work that concerns all of them; a test lists the places that do."""
    assert reason, "say why the tenant scope is left"
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)
