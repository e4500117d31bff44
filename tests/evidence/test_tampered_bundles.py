"""Whatever is changed in a bundle, the verifier finds it: by outsiders, and by insiders who can sign anew."""

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from httpx import ASGITransport, AsyncClient

from app.bootstrap import Colophon
from app.web import create_app
from domain.evidence.notes import Checkpoint, verifier_key
from infra.evidence.signing import SigningKey
from infra.evidence.verify import NotProven, canonical, main, verify
from tests.evidence.reports import Files, bundle, packed, rows, unpacked
from tests.evidence.test_audit_entries import document
from tests.support.world import open_tenant

Json = dict[str, Any]
Change = Callable[[list[Json], Json], None]
UNSIGNED = {"manifest.json", "manifest.sig"}


@pytest.fixture(scope="module")
async def genuine(colophon: Colophon, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second report, over the documents only, that verifies."""
    folder, acme = tmp_path_factory.mktemp("bundles"), await open_tenant(colophon)
    transport = ASGITransport(create_app(colophon), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        await document(client, acme.ana)
        await bundle(client, acme.otto, folder)
        await document(client, acme.ana)
        path = await bundle(client, acme.otto, folder, filter={"action": "document."})
    verify(str(path))
    return path


def resigned(files: Files, manifest: Json, key: SigningKey) -> Files:
    """The files as an insider hands them over: hashes and signature are right."""
    listed = [
        {**file, "sha256": hashlib.sha256(files[file["name"]]).hexdigest(), "bytes": len(files[file["name"]])}
        for file in manifest["files"]
    ]
    signed = canonical({**manifest, "files": listed}).encode()
    return {**files, "manifest.json": signed, "manifest.sig": base64.b64encode(key.manifest_signature(signed))}


def in_row(number: int, change: Callable[[Json], object]) -> Change:
    def changed(entries: list[Json], _: Json) -> None:
        change(entries[number])

    return changed


def recounted(entries: list[Json], manifest: Json) -> None:
    first = manifest["range"][0]
    hidden = sum(not entry["matches"] for entry in entries)
    manifest["range"] = [first, first + len(entries)]
    manifest["counts"] |= {"in_range": len(entries), "hidden": hidden, "matching": len(entries) - hidden}


def without(number: int) -> Change:
    def changed(entries: list[Json], manifest: Json) -> None:
        del entries[number]
        recounted(entries, manifest)

    return changed


def swap(entries: list[Json], _: Json) -> None:
    entries[2], entries[3] = entries[3], entries[2]


def swap_and_renumber(entries: list[Json], manifest: Json) -> None:
    swap(entries, manifest)
    for number in (2, 3):
        entries[number]["envelope"]["position"] = number + 1


def hide_one(entries: list[Json], manifest: Json) -> None:
    shown = next(entry for entry in entries if entry["matches"])
    shown |= {"matches": False, "disclosed": {}, "withheld": []}
    manifest["counts"]["open"] -= 1
    recounted(entries, manifest)


def matching(change: Callable[[Json], object]) -> Change:
    def changed(entries: list[Json], _: Json) -> None:
        change(next(entry for entry in entries if entry["matches"]))

    return changed


def in_manifest(change: Callable[[Json], object]) -> Change:
    def changed(_: list[Json], manifest: Json) -> None:
        change(manifest)

    return changed


def lied_about_content(entry: Json) -> None:
    entry["disclosed"]["content"]["text"] = entry["disclosed"]["content"]["text"].replace("Halibut", "Herring")


# What an insider does who holds the signing key, and what the verifier says.
BY_INSIDERS: dict[str, tuple[Change, str]] = {
    "another actor": (in_row(1, lambda e: e["envelope"].update(actor_ref="system")), "not those of the signed log"),
    "another action": (in_row(1, lambda e: e["envelope"].update(name="member.added.v2")), "not those of the signed"),
    "backdated": (
        in_row(3, lambda e: e["envelope"].update(recorded_at="2001-01-01T00:00:00.000000Z")),
        "older than the one before",
    ),
    "another tenant's": (in_row(1, lambda e: e["envelope"].update(tenant_id="0" * 8)), "another tenant's"),
    "a row left out": (without(3), "another position"),
    "the first row left out": (without(0), "another position"),
    "the last row left out": (without(-1), "ends too early"),
    "rows swapped": (swap, "another position"),
    "rows swapped and renumbered": (swap_and_renumber, "older than|not those of the signed log"),
    "a row twice": (lambda e, _: e.append(e[-1]), "another position"),
    "a matching row hidden": (hide_one, "filtered otherwise"),
    "content changed": (matching(lied_about_content), "content that was changed"),
    "content left out as if erased": (matching(lambda e: e["disclosed"].clear()), "no erasure explains"),
    "content of nothing": (
        matching(lambda e: e["disclosed"].update(more={"salt": "", "text": ""})),
        "content of nothing",
    ),
    "wrong counts": (in_manifest(lambda m: m["counts"].update(hidden=0)), "counts are not"),
    "another filter": (in_manifest(lambda m: m["filter"].update(action="member.")), "filtered otherwise"),
    "a shorter period": (
        in_manifest(lambda m: m["filter"].update({"from": "2999-01-01T00:00:00.000000Z"})),
        "filtered otherwise",
    ),
    "a larger log": (in_manifest(lambda m: m.update(size=m["size"] + 1)), "checkpoint is another one"),
    "another root": (in_manifest(lambda m: m.update(root="00" * 32)), "checkpoint is another one"),
    "another log": (in_manifest(lambda m: m.update(origin="colophon.log/other")), "another log's"),
    "a shifted range": (in_manifest(lambda m: m.update(range=[1, m["size"] + 1])), "another position"),
    "a longer range proof": (in_manifest(lambda m: m["range_proof"].append("00" * 32)), "too long"),
    "a longer consistency proof": (
        in_manifest(lambda m: m["previous"]["proof"].append("00" * 32)),
        "too long|does not follow",
    ),
    "a shorter consistency proof": (in_manifest(lambda m: m["previous"]["proof"].pop()), "too short|does not follow"),
    "a forged previous checkpoint": (
        in_manifest(lambda m: m["previous"].update(note=m["previous"]["note"].replace("\n", "\n1", 1))),
        "signature|malformed",
    ),
}


@pytest.mark.parametrize("name", BY_INSIDERS)
async def test_an_insider_who_signs_anew_is_found_out(
    genuine: Path, colophon: Colophon, tmp_path: Path, name: str
) -> None:
    change, reason = BY_INSIDERS[name]
    files, key = unpacked(genuine), await colophon.evidence.keys.newest()
    entries, manifest = rows(files), json.loads(files["manifest.json"])
    change(entries, manifest)
    files["entries.jsonl"] = "".join(canonical(entry) + "\n" for entry in entries).encode()
    with pytest.raises(NotProven, match=reason):
        verify(str(packed(resigned(files, manifest, key), tmp_path / "forged.zip")))


Text = Callable[[bytes], bytes]


def duplicate_key(text: bytes) -> bytes:
    return text.replace(b'{"disclosed":', b'{"matches":true,"disclosed":', 1)


IN_FILES: dict[str, tuple[str, Text, str]] = {
    "a CSV cell": ("entries.csv", lambda t: t.replace(b"document.created", b"document.changed", 1), "says something"),
    "a CSV row less": ("entries.csv", lambda t: b"\r\n".join(t.split(b"\r\n")[:-2]) + b"\r\n", "says something"),
    "a CSV row more": ("entries.csv", lambda t: t + t.split(b"\r\n")[1] + b"\r\n", "more rows"),
    "a CSV heading": ("entries.csv", lambda t: t.replace(b"actor", b"owner", 1), "says something"),
    "a JSON key twice": ("entries.jsonl", duplicate_key, "not canonical"),
    "white space in JSON": ("entries.jsonl", lambda t: t.replace(b":", b": ", 1), "not canonical"),
    "an empty line": ("entries.jsonl", lambda t: t + b"\n", "malformed"),
    "no entries": ("entries.jsonl", lambda _: b"", "too early|missing|says something|more rows"),
    "a float for a number": (
        "entries.jsonl",
        lambda t: t.replace(b'"position":1,', b'"position":1.0,', 1),
        "log",
    ),
    "no checkpoint": ("checkpoint.txt", lambda _: b"", "malformed"),
    "an unsigned checkpoint": ("checkpoint.txt", lambda t: t.split(b"\n\n")[0] + b"\n\n", "signature|malformed"),
    "an invented erasure": ("erasures.jsonl", lambda _: b'{"envelope":{"position":1},"proof":[]}\n', "too short"),
}


@pytest.mark.parametrize("name", IN_FILES)
async def test_files_that_an_insider_rewrites_are_found_out(
    genuine: Path, colophon: Colophon, tmp_path: Path, name: str
) -> None:
    file, change, reason = IN_FILES[name]
    files, key = unpacked(genuine), await colophon.evidence.keys.newest()
    files[file] = change(files[file])
    forged = resigned(files, json.loads(files["manifest.json"]), key)
    with pytest.raises(NotProven, match=reason):
        verify(str(packed(forged, tmp_path / "forged.zip")))


async def test_whoever_cannot_sign_changes_no_byte_of_any_file(genuine: Path, tmp_path: Path) -> None:
    files = unpacked(genuine)
    for name, content in files.items():
        for place in {0, len(content) // 2, len(content) - 2}:
            if place >= 0 and content:
                changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
                with pytest.raises(NotProven):
                    verify(str(packed({**files, name: changed}, tmp_path / "changed.zip")))


async def test_no_file_is_added_dropped_or_doubled(genuine: Path, tmp_path: Path) -> None:
    files = unpacked(genuine)
    for name in files:
        with pytest.raises(NotProven):
            verify(str(packed({k: v for k, v in files.items() if k != name}, tmp_path / "less.zip")))
    with pytest.raises(NotProven, match="added"):
        verify(str(packed({**files, "more.txt": b""}, tmp_path / "more.zip")))
    doubled = packed(files, tmp_path / "doubled.zip")
    with zipfile.ZipFile(doubled, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("entries.jsonl", b"")
    with pytest.raises(NotProven, match="twice"):
        verify(str(doubled))


async def test_a_bundle_signed_throughout_by_somebody_else_fails_for_whoever_knows_the_key(
    genuine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = unpacked(genuine)
    known, manifest = files["key.txt"].decode().strip(), json.loads(files["manifest.json"])
    theirs = SigningKey(Ed25519PrivateKey.generate())
    checkpoint = Checkpoint(origin=manifest["origin"], size=manifest["size"], root=bytes.fromhex(manifest["root"]))
    files["checkpoint.txt"] = theirs.note(checkpoint).encode()
    files["key.txt"] = verifier_key(manifest["origin"], theirs.public).encode()
    forged = packed(resigned(files, {**manifest, "previous": None}, theirs), tmp_path / "forged.zip")
    assert main([str(genuine), "--key", known]) == 0
    assert main([str(forged), "--key", known]) == 1
    assert "another key signed this" in capsys.readouterr().err
    assert main([str(forged)]) == 0
    assert "COMPARE this key" in capsys.readouterr().out
