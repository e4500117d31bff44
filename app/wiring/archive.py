"""The archive, wired: what moves payloads into files, and what looks after the files."""

from app.foundation import Foundation
from infra import clock
from infra.event_store.archive_work import ArchiveWork
from infra.event_store.archiver import Archiver


def wire_archive(base: Foundation) -> ArchiveWork:
    return ArchiveWork(
        databases=base.databases,
        archiver=Archiver(base.databases, base.blobs),
        blobs=base.blobs,
        findings=base.archive_findings,
        policies=base.policies,
        now=clock.now,
    )
