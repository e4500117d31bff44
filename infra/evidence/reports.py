"""Makes a report's bundle: chooses checkpoint and range, reads the entries, proves them, signs and packs them."""

import asyncio
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from domain.directory.roles import Role
from domain.evidence.entries import AuditFilter
from domain.evidence.events import AuditReportCompleted
from domain.evidence.notes import origin_of, verifier_key
from infra.event_store.batch import canonical_time
from infra.evidence import pages
from infra.evidence.bundle import BundleWriter
from infra.evidence.leaves import LogEntries
from infra.evidence.proofs import LogProofs
from infra.evidence.sealer import Sealer
from infra.evidence.signing import SigningKeys
from infra.evidence.verify import canonical
from infra.postgres.engines import Databases
from projections.audit_reports import ReportCard, previous_report
from projections.directory import members_by_id
from projections.document_access import hidden_documents
from projections.erasures import erased_positions
from projections.evidence import NoCheckpointYet, SignedCheckpoint
from tenancy.blobs import Blobs
from tenancy.context import TenantContext
from tenancy.keys import report_path

BUNDLE_LIFETIME = timedelta(days=30)
TRIES_MAX = 3
PAUSE_SECONDS = 1.0

Json = dict[str, Any]
EVERYTHING: Json = {"from": "", "to": "", "actor": "", "action": "", "subject": "", "text": ""}


class ContentUnexplained(Exception):
    """Content is missing and no erasure of the signed log says why: one is under way, or somebody deleted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBuilder:
    """Works in the tenant's context, for the eyes of whoever asked."""

    databases: Databases
    entries: LogEntries
    proofs: LogProofs
    keys: SigningKeys
    sealer: Sealer
    blobs: Blobs
    generator: str
    now: Callable[[], datetime]

    async def build(self, context: TenantContext, card: ReportCard) -> AuditReportCompleted:
        """Put the bundle where it belongs, unless it is there, and return what became of the request."""
        path = report_path(context.tenant_id, card.report_id)
        with TemporaryDirectory(prefix="colophon-report-") as temporary:
            folder = Path(temporary)
            if await self.blobs.size(path) is None:
                await self.blobs.put(path, await self._made(context, card, folder))
            # What is there counts: another process may have been quicker.
            placed = folder / "placed.zip"
            with placed.open("wb") as copy:
                async for piece in self.blobs.read(path):
                    await asyncio.to_thread(copy.write, piece)
            return await asyncio.to_thread(_completed, card, placed, self.now() + BUNDLE_LIFETIME)

    async def _made(self, context: TenantContext, card: ReportCard, folder: Path) -> Path:
        for number in range(TRIES_MAX):
            of_try = folder / str(number)
            of_try.mkdir()
            try:
                with BundleWriter(of_try) as writer:
                    return await self._write(context, card, writer, last_try=number == TRIES_MAX - 1)
            except ContentUnexplained:
                await asyncio.sleep(PAUSE_SECONDS)
        raise AssertionError("the last try takes the log as it is")

    async def _write(self, context: TenantContext, card: ReportCard, writer: BundleWriter, *, last_try: bool) -> Path:
        checkpoint = await self._checkpoint(context, card.position)
        wanted, size = filter_json(card.wanted), checkpoint.size
        first, end = await self._range(context, card.wanted, size)
        hidden = await self._hidden(context, card)
        async for batch in self.entries.entries(context, first=first, end=end, wanted=wanted, hidden=hidden):
            await asyncio.to_thread(writer.take, batch)
        erasures, explained = await self._erasures(context, size, writer.key_ids_missing)
        if not explained and not last_try:
            raise ContentUnexplained
        key = await self.keys.newest()
        key_text = verifier_key(origin_of(context.tenant_id), key.public)
        manifest: Json = {
            "v": 1,
            "report_id": str(card.report_id),
            "origin": checkpoint.origin,
            "filter": wanted,
            "range": [first, end],
            "size": size,
            "root": checkpoint.root.hex(),
            "range_proof": [node.hex() for node in await self.proofs.of_range(context, first, end, size)],
            "counts": writer.counts,
            "previous": await self._previous(context, size),
            "generator": self.generator,
            "requested_by": card.requested_by,
            "requested_at": canonical_time(card.requested_at),
            "created_at": canonical_time(self.now()),
        }
        writer.add("erasures.jsonl", "".join(erasures).encode(), rows=len(erasures))
        writer.add("checkpoint.txt", checkpoint.note.encode())
        writer.add("README.txt", pages.readme(manifest))
        writer.add("summary.pdf", await asyncio.to_thread(pages.summary, manifest, key_text))
        archive, _ = await asyncio.to_thread(writer.close, manifest, key, key_text)
        return archive

    async def _checkpoint(self, context: TenantContext, position: int) -> SignedCheckpoint:
        """Return the newest checkpoint; it includes the request itself."""
        await self.sealer.seal()
        checkpoint = await self.proofs.checkpoint(context)
        if checkpoint.size < position:
            # The sealer refuses this log, and readiness says so; without a signature there is no report.
            raise NoCheckpointYet
        return checkpoint

    async def _range(self, context: TenantContext, wanted: AuditFilter, size: int) -> tuple[int, int]:
        """Return the leaves of the period with one before and one after it, which show that none is left out."""
        first, end = 0, size
        if wanted.start is not None:
            first = max(0, await self.entries.place_of(context, wanted.start, size) - 1)
        if wanted.end is not None:
            end = min(size, await self.entries.place_of(context, wanted.end, size) + 1)
        return first, end

    async def _hidden(self, context: TenantContext, card: ReportCard) -> frozenset[str]:
        """Return the documents that whoever asked may not read; the operator's command line reads all."""
        if card.member_id is None:
            return frozenset()
        async with self.databases.as_app(context) as connection:
            member = (await members_by_id(connection, context.tenant_id, [card.member_id])).get(card.member_id)
            reader = TenantContext(
                tenant_id=context.tenant_id,
                actor=context.actor,
                member_id=card.member_id,
                role=Role(member.role) if member else None,
                permissions=frozenset(),
                request_id=context.request_id,
            )
            return frozenset(map(str, await hidden_documents(connection, reader)))

    async def _erasures(self, context: TenantContext, size: int, missing: set[str]) -> tuple[list[str], bool]:
        """Return the proven erasures that explain missing content, and whether they explain all of it."""
        if not missing:
            return [], True
        async with self.databases.as_app(context) as connection:
            positions = await erased_positions(connection, context.tenant_id, until=size)
        found, left = [], set(missing)
        for position in positions:
            read = self.entries.entries(
                context, first=position - 1, end=position, wanted=EVERYTHING, hidden=frozenset()
            )
            (entry,) = [entry async for batch in read for entry in batch]
            opened = entry["disclosed"]["content"]
            if missing.isdisjoint(_key_ids(opened["text"])):
                continue
            left -= _key_ids(opened["text"])
            proof = [node.hex() for node in await self.proofs.of_range(context, position - 1, position, size)]
            found.append(canonical({"disclosed": opened, "envelope": entry["envelope"], "proof": proof}) + "\n")
        return found, not left

    async def _previous(self, context: TenantContext, size: int) -> Json | None:
        async with self.databases.as_app(context) as connection:
            found = await previous_report(connection, context.tenant_id, size)
        if found is None:
            return None
        report_id, old_size = found
        checkpoint = await self.proofs.checkpoint(context, old_size)
        path = await self.proofs.consistency(context, old_size, size)
        return {"report_id": str(report_id), "note": checkpoint.note, "proof": [node.hex() for node in path]}


def filter_json(wanted: AuditFilter) -> Json:
    """Return the filter as the manifest spells it; empty text stands for no condition."""
    return {
        "from": canonical_time(wanted.start) if wanted.start else "",
        "to": canonical_time(wanted.end) if wanted.end else "",
        "actor": wanted.actor,
        "action": wanted.action,
        "subject": str(wanted.subject_id or ""),
        "text": wanted.text,
    }


def _key_ids(text: str) -> set[str]:
    return set(json.loads(text)["key_ids"])


def _completed(card: ReportCard, bundle: Path, expires_at: datetime) -> AuditReportCompleted:
    with zipfile.ZipFile(bundle) as archive:
        signed = archive.read("manifest.json")
    manifest = json.loads(signed)
    return AuditReportCompleted(
        report_id=card.report_id,
        entry_count=manifest["counts"]["in_range"],
        matching_count=manifest["counts"]["matching"],
        size=manifest["size"],
        root=bytes.fromhex(manifest["root"]),
        manifest_sha256=sha256(signed).digest(),
        bundle_bytes=bundle.stat().st_size,
        expires_at=expires_at,
    )
