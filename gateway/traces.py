"""Traces of calls, for whoever operates: which model, how long, how much; no text and no name."""

from typing import Protocol

from domain.ai.events import AiCallSettled
from domain.ids import TenantId


class Traces(Protocol):
    """Takes what was called; neither waits nor fails."""

    def call(self, call: AiCallSettled, tenant_id: TenantId, *, error: str | None = None) -> None:
        """Take one call that is over; `error` names the kind of failure of one that nobody answered."""
        ...

    def close(self) -> None:
        """Send what has not been sent; may wait."""
        ...


class NoTraces:
    """Implements Traces where there is no collector."""

    def call(self, call: AiCallSettled, tenant_id: TenantId, *, error: str | None = None) -> None:
        del call, tenant_id, error

    def close(self) -> None:
        """Nothing waits to be sent."""
