"""Evidence, wired: sealer, patrol, proofs."""

from dataclasses import dataclass

from app.foundation import Foundation, Service
from infra import clock
from infra.evidence.patrol import Patrol
from infra.evidence.proofs import LogProofs
from infra.evidence.sealer import Findings, Sealer
from infra.evidence.signing import SigningKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What proves, and the work behind it."""

    proofs: LogProofs
    sealer: Sealer
    patrol: Patrol
    findings: Findings
    work: tuple[Service, ...]


def wire_evidence(base: Foundation) -> Evidence:
    keys = SigningKeys(base.databases.sealer, base.derived("signing-key"))
    findings = Findings({})
    sealer = Sealer(base.databases.sealer, keys, findings, clock.now)
    patrol = Patrol(base.databases.sealer, keys, findings)
    base.growth.listen(sealer.grown)
    return Evidence(
        proofs=LogProofs(base.databases, keys),
        sealer=sealer,
        patrol=patrol,
        findings=findings,
        work=(sealer.run, patrol.run),
    )
