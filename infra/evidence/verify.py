"""Checks a report of Colophon offline, with Python 3.11 and cryptography: `python verify.py bundle.zip [--key KEY]`."""

import argparse
import base64
import csv
import hashlib
import hmac
import io
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, cast
from uuid import UUID, uuid5

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Json = dict[str, Any]
STREAMS_OF_ONE = ("edits", "sharing", "comments", "history", "versions", "access", "sign-in", "unanswered")
MANIFEST_BYTES_MAX = 16 * 1024 * 1024
CSV_COLUMNS = ("position", "recorded_at", "occurred_at", "actor", "action", "stream", "version", "status", "content")
CSV_CONTENT_CHARACTERS_MAX = 1_000


class NotProven(Exception):
    """The bundle does not prove what it says; the text is the first reason that was found."""


def require(holds: object, reason: str) -> None:
    if not holds:
        raise NotProven(reason)


def canonical(value: object) -> str:
    """RFC 8785 for what is in these files: sorted keys, no white space, ASCII, no floats."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def parsed(text: str, what: str) -> Json:
    """Read canonical JSON: it has one spelling, so no key can stand in it twice and nothing can hide between keys."""
    value = json.loads(text)
    require(isinstance(value, dict) and canonical(value) == text, f"{what} is not canonical JSON")
    return cast("Json", value)


def leaf_of(envelope: Json) -> bytes:
    return hashlib.sha256(b"\0" + canonical(envelope).encode()).digest()


def node_of(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def split(size: int) -> int:
    """Return the largest power of two below the size: where RFC 9162 divides a tree."""
    return 1 << (size - 1).bit_length() - 1


def range_root(first: int, size: int, leaves: list[bytes], proof: list[bytes]) -> bytes:
    """Return the root of a tree from the leaves that begin at `first` and, left to right, what lies beside them."""
    end, beside = first + len(leaves), iter(proof)

    def whole(low: int, high: int) -> bytes:
        if high - low == 1:
            return leaves[low - first]
        middle = low + split(high - low)
        return node_of(whole(low, middle), whole(middle, high))

    def root(low: int, high: int) -> bytes:
        if high <= first or low >= end:
            return next(beside)
        if first <= low and high <= end:
            return whole(low, high)
        middle = low + split(high - low)
        left = root(low, middle)
        return node_of(left, root(middle, high))

    require(0 <= first < end <= size, "the range is not inside the log")
    try:
        found = root(0, size)
    except StopIteration:
        raise NotProven("a range proof is too short") from None
    require(next(beside, None) is None, "a range proof is too long")
    return found


def roots_of_growth(old: int, size: int, old_root: bytes, proof: list[bytes]) -> tuple[bytes, bytes]:
    """RFC 9162, section 2.1.4.2: return the old and the new root that a consistency proof makes."""
    require(0 < old <= size, "the previous report's log was larger than this one's")
    if old == size:
        require(not proof, "a consistency proof is too long")
        return old_root, old_root
    path = iter(proof if old & (old - 1) else [old_root, *proof])
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = next(path, b"")
    for sibling in path:
        require(last, "a consistency proof is too long")
        if place & 1 or place == last:
            before, after = node_of(sibling, before), node_of(sibling, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_of(after, sibling)
        place, last = place >> 1, last >> 1
    require(last == 0, "a consistency proof is too short")
    return before, after


def matches(envelope: Json, wanted: Json) -> bool:
    """Ask the filter again, of the envelope alone."""
    at, actor, name = envelope["recorded_at"], envelope["actor_ref"], envelope["name"]
    if (wanted["from"] and at < wanted["from"]) or (wanted["to"] and at >= wanted["to"]):
        return False
    if wanted["actor"] and wanted["actor"] != actor and not actor.endswith(":" + wanted["actor"]):
        return False
    if subject := wanted["subject"]:
        derived = {str(uuid5(UUID(subject), name)) for name in STREAMS_OF_ONE}
        if envelope["stream_id"] not in {subject, *derived}:
            return False
    return name.startswith(wanted["action"]) and wanted["text"] in name


def opens(envelope: Json, segment: Json, disclosed: Json) -> bool:
    """Tell whether salt and text are what the envelope committed to."""
    parts = (
        UUID(envelope["tenant_id"]).bytes,
        UUID(envelope["event_id"]).bytes,
        segment["name"].encode(),
        disclosed["text"].encode("utf-8", "surrogatepass"),
    )
    message = b"seg/v1" + b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    found = hmac.new(bytes.fromhex(disclosed["salt"]), message, hashlib.sha256).hexdigest()
    return hmac.compare_digest(found, segment["commitment"])


def status_of(entry: Json) -> str:
    """Say what of an entry's content is in the report: all of it (open), or what is missing and why."""
    names = {segment["name"] for segment in entry["envelope"]["segments"]}
    withheld = set(entry["withheld"])
    erased = names - withheld - entry["disclosed"].keys()
    return "+".join(word for word, some in (("erased", erased), ("withheld", withheld)) if some) or "open"


def csv_row(entry: Json) -> str:
    """Return a matching entry as a line of the CSV: a view of the JSONL, guarded against being run as formulas."""
    envelope = entry["envelope"]
    content = entry["disclosed"].get("content", {}).get("text", "")[:CSV_CONTENT_CHARACTERS_MAX]
    cells = [str(envelope["position"]), envelope["recorded_at"], envelope["occurred_at"], envelope["actor_ref"]]
    cells += [envelope["name"], envelope["stream_id"], str(envelope["stream_version"]), status_of(entry), content]
    return csv_line("'" + cell if unguarded(cell) else cell for cell in cells)


def csv_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def unguarded(cell: str) -> bool:
    return cell.startswith(("=", "+", "-", "@", "\t", "\r"))


class Bundle:
    """The files of a report, each exactly as the signed manifest lists it."""

    def __init__(self, archive: zipfile.ZipFile, pinned: str | None) -> None:
        self._archive = archive
        names = archive.namelist()
        require(len(names) == len(set(names)), "a file is in the bundle twice")
        require({"manifest.json", "manifest.sig", "key.txt"} <= set(names), "the manifest or its signature is missing")
        require(archive.getinfo("manifest.json").file_size <= MANIFEST_BYTES_MAX, "the manifest is too large")
        manifest = self.text("manifest.json")
        self.key = self.text("key.txt").strip()
        require(pinned is None or pinned.strip() == self.key, "another key signed this than the one that you gave")
        self.check(base64.b64decode(self.text("manifest.sig")), b"colophon-manifest/v1\n" + manifest.encode())
        self.manifest = parsed(manifest, "the manifest")
        files = {file["name"]: file for file in self.manifest["files"]}
        require(set(names) == files.keys() | {"manifest.json", "manifest.sig"}, "a file was added or is missing")
        for name, file in files.items():
            require(archive.getinfo(name).file_size == file["bytes"], f"{name} has another length")
            with archive.open(name) as content:
                digest = hashlib.sha256()
                for block in iter(lambda: content.read(65_536), b""):  # used at once
                    digest.update(block)
            require(digest.hexdigest() == file["sha256"], f"{name} was changed")

    def text(self, name: str) -> str:
        return self._archive.read(name).decode()

    def lines(self, name: str) -> Iterator[str]:
        with self._archive.open(name) as content:
            yield from io.TextIOWrapper(content, "utf-8", newline="")

    def check(self, signature: bytes, message: bytes) -> None:
        name, _, key = self.key.split("+", 2)
        self.signer = name
        try:
            Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:]).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise NotProven("a signature is not by the bundle's key") from None

    def checkpoint(self, note: str) -> tuple[int, bytes]:
        """Return size and root of a signed checkpoint of this log."""
        text, _, signatures = note.partition("\n\n")
        origin, size, root = text.split("\n")
        require(origin == self.manifest["origin"] == self.signer, "a checkpoint is another log's")
        self.check(base64.b64decode(signatures.strip().rpartition(" ")[2])[4:], f"{text}\n".encode())
        return int(size), base64.b64decode(root)


def destroyed_keys(bundle: Bundle, root: bytes) -> dict[str, int]:
    """Return the keys that proven erasures destroyed, each with the position of the erasure."""
    found: dict[str, int] = {}
    for line in bundle.lines("erasures.jsonl"):
        erasure = parsed(line.rstrip("\n"), "an erasure")
        envelope, proof = erasure["envelope"], [bytes.fromhex(node) for node in erasure["proof"]]
        proven = range_root(envelope["position"] - 1, bundle.manifest["size"], [leaf_of(envelope)], proof)
        require(proven == root, "an erasure is not in the log")
        require(envelope["name"] in {"document.erased.v1", "subject.erased.v1"}, "an erasure is another event")
        require(opens(envelope, envelope["segments"][0], erasure["disclosed"]), "an erasure says something else")
        keys = json.loads(erasure["disclosed"]["text"])["key_ids"]
        found.update(dict.fromkeys(keys, envelope["position"]))
    return found


def check_content(entry: Json, destroyed: dict[str, int]) -> None:
    """Open every disclosed segment; what is missing must have been erased by an event of the log."""
    envelope, names = entry["envelope"], {segment["name"] for segment in entry["envelope"]["segments"]}
    place = f"the entry at {envelope['position']}"
    require(entry["disclosed"].keys() | set(entry["withheld"]) <= names, f"{place} has content of nothing")
    for segment in envelope["segments"] if entry["matches"] else ():
        name = segment["name"]
        if name in entry["disclosed"]:
            require(opens(envelope, segment, entry["disclosed"][name]), f"{place} has content that was changed")
        elif name not in entry["withheld"]:
            # What is a person's goes with the content that it stands beside, too.
            beside = [s["key_id"] for s in envelope["segments"] if s["name"] == "content"]
            erased_at = max(destroyed.get(key_id, 0) for key_id in (segment["key_id"], *beside))
            require(erased_at > envelope["position"], f"{place} lacks content that no erasure explains")


def check_entries(bundle: Bundle, destroyed: dict[str, int]) -> tuple[list[bytes], Json]:
    """Return the leaves and the counts of the entries; each is checked, and the CSV beside them."""
    manifest, leaves, last = bundle.manifest, [], ""
    counts = {"matching": 0, "hidden": 0, "open": 0, "erased": 0, "withheld": 0}
    rows = bundle.lines("entries.csv")
    check_row(rows, csv_line(CSV_COLUMNS))
    (first, end), wanted = manifest["range"], manifest["filter"]
    for number, line in enumerate(bundle.lines("entries.jsonl")):
        entry = parsed(line.rstrip("\n"), f"line {number + 1}")
        envelope = entry["envelope"]
        require(envelope["position"] == first + number + 1, f"line {number + 1} is at another position")
        require(manifest["origin"].endswith("/" + envelope["tenant_id"]), f"line {number + 1} is another tenant's")
        require(entry["matches"] is matches(envelope, wanted), f"line {number + 1} was filtered otherwise")
        at = envelope["recorded_at"]
        require(at >= last, f"line {number + 1} is older than the one before it")
        require(number or not first or (wanted["from"] and at < wanted["from"]), "the range begins too late")
        last = at
        check_content(entry, destroyed)
        leaves.append(leaf_of(envelope))
        counts["matching" if entry["matches"] else "hidden"] += 1
        if entry["matches"]:
            for word in status_of(entry).split("+"):
                counts[word] += 1
            check_row(rows, csv_row(entry))
    require(next(rows, None) is None, "the CSV has more rows than the entries")
    require(end == manifest["size"] or (wanted["to"] and last >= wanted["to"]), "the range ends too early")
    return leaves, {**counts, "in_range": len(leaves)}


def check_row(rows: Iterator[str], expected: str) -> None:
    """Compare the CSV's next row with what the entry makes of it."""
    found = ""
    while len(found) < len(expected) and (line := next(rows, None)) is not None:
        found += line
    require(found == expected, "the CSV says something else than the entries")


def verify(path: str, pinned: str | None = None) -> Json:
    """Return the manifest of a bundle that proves what it says; raise NotProven with the first reason against it."""
    try:
        with zipfile.ZipFile(path) as archive:
            bundle = Bundle(archive, pinned)
            manifest = bundle.manifest
            size, root = bundle.checkpoint(bundle.text("checkpoint.txt"))
            require((size, root.hex()) == (manifest["size"], manifest["root"]), "the checkpoint is another one")
            leaves, counts = check_entries(bundle, destroyed_keys(bundle, root))
            first, end = manifest["range"]
            require(end - first == len(leaves), "entries are missing at the end, or too many")
            proof = [bytes.fromhex(node) for node in manifest["range_proof"]]
            require(range_root(first, size, leaves, proof) == root, "the entries are not those of the signed log")
            require(counts == manifest["counts"], "the counts are not those of the entries")
            if previous := manifest["previous"]:
                old, old_root = bundle.checkpoint(previous["note"])
                grown = roots_of_growth(old, size, old_root, [bytes.fromhex(node) for node in previous["proof"]])
                require(grown == (old_root, root), "the log does not follow from the previous report's")
            return {**manifest, "key": bundle.key}
    except NotProven:
        raise
    except Exception as error:
        # Whatever it is that cannot be read, it is no evidence.
        raise NotProven(f"the bundle is malformed ({type(error).__name__})") from error


def verdict(manifest: Json, *, pinned: bool) -> str:
    counts = manifest["counts"]
    return "\n".join(
        (
            f"VERIFIED  report {manifest['report_id']} of {manifest['origin']}",
            f"          {counts['in_range']} events, none missing; {counts['matching']} match",
            f"          content of {counts['open']} open, {counts['erased']} erased, {counts['withheld']} withheld",
            f"          signed by {manifest['key']}",
            "          which is the key that you gave"
            if pinned
            else "          COMPARE this key with the one that you know, or give that one with --key",
        )
    )


def main(arguments: list[str]) -> int:
    """Print the verdict; 0 when the bundle proves what it says, 1 when it does not."""
    parser = argparse.ArgumentParser(description="Check a report of Colophon offline.")
    parser.add_argument("bundle", help="the zip file of the report")
    parser.add_argument("--key", help="the public key that you know the installation by")
    given = parser.parse_args(arguments)
    try:
        sys.stdout.write(verdict(verify(given.bundle, given.key), pinned=given.key is not None) + "\n")
    except NotProven as reason:
        sys.stderr.write(f"FAILED    {reason}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
