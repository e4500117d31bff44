"""Evidence, wired: sealer, patrol, proofs, reports and the work behind them."""

from dataclasses import dataclass
from importlib.metadata import version

from app.foundation import Foundation, Service
from infra import clock
from infra.event_store.archiver import Archiver
from infra.evidence.access_recorder import AccessRecorder
from infra.evidence.derived_stores import DerivedStores
from infra.evidence.eraser import Eraser
from infra.evidence.expiry import ExpiredBundles
from infra.evidence.leaves import LogEntries
from infra.evidence.patrol import Patrol
from infra.evidence.proofs import LogProofs
from infra.evidence.reports import ReportBuilder
from infra.evidence.sealer import Findings, Sealer
from infra.evidence.signing import SigningKeys
from infra.evidence.work import EvidenceWork, ReportWork
from infra.knowledge.tables import PostgresKnowledge
from tenancy.blobs import Blobs
from tenancy.identity import Passwords


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What proves, and the work behind it."""

    keys: SigningKeys
    proofs: LogProofs
    sealer: Sealer
    patrol: Patrol
    findings: Findings
    blobs: Blobs
    reports: ReportWork
    eraser: Eraser
    accesses: AccessRecorder
    work: tuple[Service, ...]


def wire_evidence(base: Foundation, passwords: Passwords, archiver: Archiver) -> Evidence:
    keys = SigningKeys(base.databases.sealer, base.installation.master_key, base.installation.other_master_key)
    findings = Findings({})
    sealer = Sealer(base.databases.sealer, keys, findings, clock.now)
    patrol = Patrol(base.databases.sealer, keys, findings)
    proofs, blobs = LogProofs(base.databases, keys), base.blobs
    builder = ReportBuilder(
        databases=base.databases,
        entries=LogEntries(base.databases, base.keyring, base.archive),
        proofs=proofs,
        keys=keys,
        sealer=sealer,
        blobs=blobs,
        generator=f"Colophon {version('colophon')}",
        now=clock.now,
    )
    reports = ReportWork(base.databases, builder, base.executor, blobs)
    stores = DerivedStores(
        freshness=base.freshness,
        builder=base.builder,
        knowledge=PostgresKnowledge(base.databases, base.feed.as_projector),
        redis=base.redis,
        blobs=blobs,
        passwords=passwords,
    )
    eraser = Eraser(base.databases, base.log, base.keyring, archiver, base.executor, stores)
    accesses = AccessRecorder(base.executor, base.policies, clock.now, base.installation.access_flush_seconds)
    unfinished = EvidenceWork(base.databases, {"erasure": eraser.finish, "report": reports.finish})
    base.growth.listen(sealer.grown)
    base.growth.listen(unfinished.grown)
    return Evidence(
        keys=keys,
        proofs=proofs,
        sealer=sealer,
        patrol=patrol,
        findings=findings,
        blobs=blobs,
        reports=reports,
        eraser=eraser,
        accesses=accesses,
        work=(sealer.run, patrol.run, unfinished.run, ExpiredBundles(base.databases, blobs, clock.now).run),
    )
