"""Commands that act on a running Colophon, found by its data folder: what they print and do, and what they refuse."""

import asyncio
import json
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from httpx import Client
from uuid_utils.compat import uuid7

from app.cli.target import opened
from commands.event_log import CommandContext, StreamWrite
from domain.actor import OPERATOR
from domain.ids import StreamId, TenantId
from infra import clock
from projections.catalogue import DOCUMENT_LIBRARY
from tenancy.context import TenantContext
from tests.event_log.test_appending import renamed
from tests.support.command_line import Told, colophon
from tests.support.up import Up


@pytest.fixture
def slug(up: Up) -> str:
    """A tenant of its own for a test, owned by olga@<slug>.example."""
    slug = f"tenant-{uuid4().hex[:8]}"
    owner = f"olga@{slug}.example"
    assert colophon("tenant", "create", slug, "--name", "Tenant", "--owner", owner, data=up.folder).exit_code == 0
    return slug


def get(up: Up, path: str, api_key: str) -> tuple[int, dict[str, object]]:
    with Client(base_url=up.url, headers={"Authorization": f"Bearer {api_key}"}) as client:
        answer = client.get(path)
        return answer.status_code, answer.json()


def refusal(told: Told) -> str:
    """The sentence on stderr of a command that was refused."""
    assert told.exit_code == 1
    assert told.stdout == ""
    assert "Traceback" not in told.stderr
    return told.stderr


def test_a_new_tenant_has_an_owner_whose_key_works_at_once(up: Up) -> None:
    # when
    made = colophon(
        "tenant", "create", "umbrella", "--name", "Umbrella", "--owner", "wesker@umbrella.example", "--plan", "team",
        data=up.folder,
    ).document  # fmt: skip
    # then
    assert made.keys() == {"tenant_id", "owner_id", "api_key"}
    status, session = get(up, "/api/v1/session", made["api_key"])
    assert status == 200
    assert session["tenant"] == {"id": made["tenant_id"], "slug": "umbrella", "name": "Umbrella"}
    assert session["member"] == {
        "id": made["owner_id"], "name": "wesker", "email": "wesker@umbrella.example", "role": "owner",
    }  # fmt: skip
    listed = {row["slug"]: row for row in colophon("tenant", "list", data=up.folder).document}
    assert (listed["umbrella"]["tenant_id"], listed["umbrella"]["plan"]) == (made["tenant_id"], "team")


def test_a_taken_slug_is_refused(up: Up, slug: str) -> None:
    told = colophon("tenant", "create", slug, "--name", "Again", "--owner", "x@y.example", data=up.folder)
    assert "taken" in refusal(told)


@pytest.mark.parametrize("bad", ["Ümlaut", "a b", "-", ""])
def test_an_odd_slug_is_refused(up: Up, bad: str) -> None:
    told = colophon("tenant", "create", "--name", "Bad", "--owner", "x@y.example", "--", bad, as_json=False, data=None,
                    settings={"COLOPHON_DATA_DIR": str(up.folder)})  # fmt: skip
    assert refusal(told)


def test_a_new_member_has_a_role_and_a_key(up: Up, slug: str) -> None:
    email = f"vera@{slug}.example"
    # when
    made = colophon("member", "add", email, "--tenant", slug, "--role", "viewer", data=up.folder).document
    # then
    assert made.keys() == {"member_id", "api_key"}
    _, session = get(up, "/api/v1/session", made["api_key"])
    assert session["member"] == {"id": made["member_id"], "name": "vera", "email": email, "role": "viewer"}
    # and
    told = colophon("member", "add", email, "--tenant", slug, "--role", "viewer", data=up.folder)
    assert refusal(told)


def test_a_key_is_shown_once_listed_without_its_secret_and_revoked_for_good(up: Up, slug: str) -> None:
    # when
    made = colophon(
        "key", "create", "--tenant", slug, "--member", f"Olga@{slug}.example", "--expires", "30d",
        "--scopes", "document:read", "--label", "reporting", data=up.folder,
    ).document  # fmt: skip
    # then
    assert get(up, "/api/v1/documents", made["api_key"])[0] == 200
    assert get(up, "/api/v1/members", made["api_key"])[0] == 403
    listed = colophon("key", "list", "--tenant", slug, data=up.folder)
    assert made["api_key"] not in listed.stdout
    row = next(row for row in listed.document if row["key_id"] == made["key_id"])
    assert (row["label"], row["revoked_at"]) == ("reporting", None)
    assert row["expires_at"] == made["expires_at"]
    # when
    revoked = colophon("key", "revoke", made["key_id"], "--tenant", slug, data=up.folder).document
    # then
    assert revoked == {"key_id": made["key_id"], "revoked": True}
    assert get(up, "/api/v1/documents", made["api_key"])[0] == 401


def test_a_sign_in_link_works_once(up: Up, slug: str) -> None:
    # when
    url = colophon("sign-in-link", f"olga@{slug}.example", "--tenant", slug, data=up.folder).document["url"]
    # then
    assert url.startswith(f"{up.url}/sign-in/")
    with Client() as browser:
        assert browser.get(url).headers["location"] == "/"
        assert browser.get(f"{up.url}/api/v1/session").json()["tenant"]["slug"] == slug
        assert urlsplit(browser.get(url).headers["location"]).query == "problem=link_expired"


@pytest.mark.parametrize(
    "command",
    [
        ("sign-in-link", "olga@nowhere.example", "--tenant", "nowhere"),
        ("sign-in-link", "nobody@acme.example", "--tenant", "acme"),
        ("member", "add", "x@y.example", "--tenant", "nowhere", "--role", "viewer"),
        ("key", "create", "--tenant", "acme", "--member", "nobody@acme.example"),
        ("key", "revoke", str(UUID(int=7)), "--tenant", "acme"),
        ("rebuild", "no_such_projection"),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_refused_with_a_sentence(up: Up, command: tuple[str, ...]) -> None:
    assert refusal(colophon(*command, data=up.folder)).strip().endswith(".")


def test_projections_are_listed_retried_and_rebuilt(up: Up) -> None:
    # when
    rows = colophon("projections", data=up.folder).document
    # then
    assert {"document_library", "document_history"} <= {row["projection"] for row in rows}
    assert all(row["dead_letters"] == 0 and row["version"] >= 1 for row in rows)
    assert colophon("projections", "retry", data=up.folder).document == {"retried": 0, "waiting": 0}
    # when
    rebuilt = colophon("rebuild", "document_library", data=up.folder).document
    # then
    assert rebuilt["projection"] == "document_library"
    assert rebuilt["tenants"] >= 2
    link = colophon("sign-in-link", "ana@acme.example", "--tenant", "acme", data=up.folder).document["url"]
    with Client() as ana:
        ana.get(link)
        assert len(ana.get(f"{up.url}/api/v1/documents").json()["items"]) == 3


def test_migrating_again_changes_nothing(up: Up) -> None:
    first, second = (colophon("migrate", data=up.folder).document for _ in range(2))
    assert first == second


def test_the_doctor_finds_a_running_one_well(up: Up) -> None:
    # when
    findings = colophon("doctor", data=up.folder).document
    # then
    found = {finding["check"]: finding for finding in findings}
    assert {"python", "settings", "data folder", "database", "master key"} <= found.keys()
    assert [finding for finding in findings if not finding["ok"] and finding["check"] != "web app"] == []


@pytest.mark.parametrize("command", ["tenant list", "key list --tenant acme", "projections", "doctor"])
def test_without_json_the_same_is_said_to_a_person(up: Up, command: str) -> None:
    # when
    told = colophon(*command.split(), data=up.folder, as_json=False)
    # then
    assert told.exit_code == 0
    with pytest.raises(json.JSONDecodeError):
        json.loads(told.stdout)


@pytest.mark.parametrize(
    "command",
    [
        ("tenant", "list"),
        ("tenant", "create", "acme", "--name", "Acme", "--owner", "olga@acme.example"),
        ("key", "list", "--tenant", "acme"),
        ("projections",),
        ("rebuild", "document_library"),
        ("migrate",),
    ],
    ids=" ".join,
)
def test_where_nothing_runs_a_sentence_says_how_to_start(tmp_path: Path, command: tuple[str, ...]) -> None:
    told = refusal(colophon(*command, data=tmp_path))
    assert f"No Colophon runs on {tmp_path}" in told
    assert "colophon up" in told


async def poisoned(up: Up, tenant_id: TenantId) -> tuple[StreamId, int]:
    """A document that was renamed and never created, once the read model has met it."""
    stream = StreamId(uuid7())
    context = TenantContext(tenant_id=tenant_id, actor=OPERATOR, permissions=frozenset(), request_id="test")
    write = StreamWrite(stream, 0, [renamed(stream, "Nobody's")])
    async with opened(up.folder) as house:
        command = CommandContext(tenant=context, command_id=uuid7(), now=clock.now())
        receipt = await house.platform.log.append([write], command)
        assert await house.platform.freshness.reached(DOCUMENT_LIBRARY, context, receipt.position, seconds_max=30)
    return stream, receipt.position


def test_a_stream_that_waits_is_found_and_a_retry_that_fails_says_so(up: Up, slug: str) -> None:
    (tenant_id,) = (r["tenant_id"] for r in colophon("tenant", "list", data=up.folder).document if r["slug"] == slug)
    stream, position = asyncio.run(poisoned(up, TenantId(UUID(tenant_id))))
    # when
    shown = colophon("projections", "--dead", data=up.folder).document
    # then
    (row,) = [row for row in shown if row["projection"] == "document_library"]
    assert (row["tenant_id"], row["stream_id"], row["position"]) == (tenant_id, str(stream), position)
    assert (row["error"], row["version"]) == ("AssertionError", 1)
    (row, *_) = colophon("projections", data=up.folder).document
    assert (row["version"], row["active_version"], row["dead_letters"], row["building"]) == (1, 1, 1, 0)
    # when
    told = colophon("projections", "retry", "document_library", data=up.folder, as_json=False)
    # then
    assert told.exit_code == 1
    assert "still waiting: 1" in told.stdout


def test_a_rebuild_is_taken_back_or_forgotten(up: Up) -> None:
    assert colophon("rebuild", "document_history", data=up.folder).document["waiting"] >= 0
    for action in ("rollback", "forget"):
        done = colophon("projections", action, "document_history", data=up.folder).document
        assert done["tenants"] >= 2
    for action in ("rollback", "forget"):
        assert "No former version" in refusal(colophon("projections", action, "document_history", data=up.folder))
    assert colophon("projections", "forget", data=up.folder).exit_code == 2
