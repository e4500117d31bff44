"""Everything that delivery works with, handed over by the composition root."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from api.limits import Limits
from api.live.fanout import Fanout
from assistants.conversations import Conversations
from assistants.live_texts import LiveTexts
from commands.bodies import Bodies, Trial
from commands.body_states import BodyStates
from commands.comment.layouts import Layouts
from commands.event_log import EventLog
from commands.execute import Executor
from commands.turns import Turns
from domain.ids import TenantId
from gateway.breaker import Breaker
from gateway.budget import Budgets
from gateway.calls import Gateway
from gateway.confidence.calibrations import Learning
from gateway.contents import CallContents
from gateway.embeddings import Embeddings
from gateway.paces import Paces
from gateway.routing import Router
from knowledge.knowledge import Knowledge
from projections.evidence import Proofs
from projections.freshness import Freshness
from projections.policies import PolicyReader
from projections.projector import Progress, Projector, ReadTransactions
from tenancy.accesses import Accesses
from tenancy.blobs import Blobs
from tenancy.collab_tokens import CollabTokens
from tenancy.context import TenantContext
from tenancy.credentials import Credentials
from tenancy.document_rights import DocumentRights
from tenancy.identity import Attempts, Identity, PasswordProof, Passwords


class GrowthSignals(Protocol):
    """Tells waiting tasks of this process that a tenant's log has grown; a hint, with a poll behind it."""

    async def wait_for_growth(self, tenant_id: TenantId, *, seconds_max: float) -> None: ...


class Health(Protocol):
    """What readiness asks of the parts that a request needs."""

    async def failures(self) -> dict[str, str]:
        """Return what is not ready, by name, with what to do about it; empty when all is well."""
        ...

    async def projection_progress(self) -> Sequence[Progress]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Built once per process by app/bootstrap.py."""

    executor: Executor
    log: EventLog
    bodies: Bodies
    body_states: BodyStates
    trial: Trial
    layouts: Layouts
    heavy_reads: Turns
    reads: ReadTransactions
    freshness: Freshness
    credentials: Credentials
    recent_keys: Credentials
    """The same, half a second behind at most."""
    policies: PolicyReader
    document_rights: DocumentRights
    gateway: Gateway
    generations: LiveTexts
    budgets: Budgets
    contents: CallContents
    embeddings: Embeddings
    router: Router
    breaker: Breaker
    learning: Learning
    paces: Paces
    passwords: Passwords
    identity: Identity[PasswordProof]
    attempts: Attempts
    proofs: Proofs
    blobs: Blobs
    accesses: Accesses
    knowledge: Knowledge
    conversations: Conversations
    collab_tokens: CollabTokens
    growth: GrowthSignals
    fanout: Fanout
    health: Health
    limits: Limits
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    cursor_key: bytes
    public_url: str
    static_folder: Path
    version: str

    async def caught_up(self, projector: Projector, context: TenantContext) -> None:
        """Wait until the projection has taken all that is written by now; for what is missing only."""
        await self.freshness.reached(projector, context, await self.log.head(context))
