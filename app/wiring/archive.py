"""The archive and the snapshots, wired: what moves payloads into files, looks after the files, keeps bodies at hand."""

from app.foundation import Foundation
from infra import clock
from infra.event_store.archive_work import ArchiveWork
from infra.event_store.archiver import Archiver
from infra.event_store.snapshotter import Snapshotter


def wire_archive(base: Foundation) -> ArchiveWork:
    return ArchiveWork(
        databases=base.databases,
        archiver=Archiver(base.databases, base.blobs),
        blobs=base.blobs,
        findings=base.archive_findings,
        policies=base.policies,
        now=clock.now,
    )


def wire_snapshotter(base: Foundation) -> Snapshotter:
    snapshotter = Snapshotter(base.databases, base.log, base.body_states, base.policies)
    base.growth.listen(snapshotter.grown)
    return snapshotter
