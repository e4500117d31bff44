"""A report's bundle: files written as the entries pass, a manifest over them, one archive."""

import base64
import hashlib
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Self

from infra.evidence.signing import SigningKey
from infra.evidence.verify import CSV_COLUMNS, canonical, csv_line, csv_row, status_of

Json = dict[str, Any]
VERIFIER = Path(__file__).with_name("verify.py")


@dataclass(slots=True)
class _File:
    """A file that knows its hash and rows while it is written."""

    path: Path
    digest: Any = field(default_factory=hashlib.sha256)
    bytes_written: int = 0
    rows: int | None = None

    def open(self) -> BinaryIO:
        return self.path.open("wb")

    def listed(self) -> Json:
        known = {"name": self.path.name, "bytes": self.bytes_written, "sha256": self.digest.hexdigest()}
        return known if self.rows is None else {**known, "rows": self.rows}


class BundleWriter:
    """Give it the entries, then the other files, then close it; holds no more than one batch in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._entries, self._csv = self._file("entries.jsonl", rows=0), self._file("entries.csv", rows=0)
        self._files = [self._entries, self._csv]
        self._open = ExitStack()
        self._streams = {id(file): self._open.enter_context(file.open()) for file in self._files}
        self._write(self._csv, csv_line(CSV_COLUMNS))
        self.counts = {"in_range": 0, "matching": 0, "hidden": 0, "open": 0, "erased": 0, "withheld": 0}
        self.key_ids_missing: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def take(self, entries: Iterable[Json]) -> None:
        """Write a batch; call it in a thread."""
        for entry in entries:
            self._write(self._entries, canonical(entry) + "\n", rows=1)
            self.counts["in_range"] += 1
            if not entry["matches"]:
                self.counts["hidden"] += 1
                continue
            self.counts["matching"] += 1
            for word in status_of(entry).split("+"):
                self.counts[word] += 1
            self._write(self._csv, csv_row(entry), rows=1)
            self.key_ids_missing |= _key_ids_missing(entry)

    def add(self, name: str, content: bytes, *, rows: int | None = None) -> None:
        """Write a whole file."""
        file = self._file(name, rows=rows)
        self._files.append(file)
        with file.open() as stream:
            stream.write(content)
        file.digest.update(content)
        file.bytes_written = len(content)

    def close(self, manifest: Json, key: SigningKey, key_text: str) -> tuple[Path, bytes]:
        """Sign the manifest, pack everything, and return the archive and the manifest's SHA-256."""
        self._open.close()
        self.add("key.txt", f"{key_text}\n".encode())
        self.add("verify.py", VERIFIER.read_bytes())
        signed = canonical({**manifest, "files": [file.listed() for file in self._files]}).encode()
        archive = self._folder / "bundle.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
            packed.writestr("manifest.json", signed)
            packed.writestr("manifest.sig", base64.b64encode(key.manifest_signature(signed)) + b"\n")
            for file in self._files:
                packed.write(file.path, file.path.name)
        return archive, hashlib.sha256(signed).digest()

    def _file(self, name: str, *, rows: int | None) -> _File:
        return _File(self._folder / name, rows=rows)

    def _write(self, file: _File, text: str, *, rows: int = 0) -> None:
        encoded = text.encode()
        self._streams[id(file)].write(encoded)
        file.digest.update(encoded)
        file.bytes_written += len(encoded)
        file.rows = (file.rows or 0) + rows


def _key_ids_missing(entry: Json) -> set[str]:
    """Return the keys whose destruction explains what the entry lacks: with its content everything in it went."""
    there = entry["disclosed"].keys() | set(entry["withheld"])
    missing = {s["name"]: s["key_id"] for s in entry["envelope"]["segments"] if s["name"] not in there}
    return {missing["content"]} if "content" in missing else set(missing.values())
