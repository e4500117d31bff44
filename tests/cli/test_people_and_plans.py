"""Inviting, roles, removal, plans and suspension from the command line."""

from httpx import Client

from tests.support.command_line import colophon
from tests.support.up import Up

ACME = ("--tenant", "acme")


def status(up: Up, api_key: str) -> int:
    headers = {"Authorization": f"Bearer {api_key}"}
    with Client(base_url=up.url, headers=headers) as client:
        return client.get("/api/v1/session").status_code


def test_somebody_is_invited_and_accepts(up: Up) -> None:
    made = colophon("member", "invite", "nina@acme.example", *ACME, "--role", "editor", data=up.folder).document
    assert made["url"].startswith(f"{up.url}/invitation#coli_")
    form = {"secret": made["url"].partition("#")[2], "name": "Nina", "password": "correct horse battery"}
    with Client(base_url=up.url) as client:
        assert client.post("/api/v1/invitations/accept", json=form).status_code == 201
        assert client.get("/api/v1/session").json()["member"]["role"] == "editor"


def test_a_role_is_changed_and_whoever_is_removed_is_out(up: Up) -> None:
    added = colophon("member", "add", "ole@acme.example", *ACME, "--role", "viewer", data=up.folder).document
    done = colophon("member", "role", "ole@acme.example", *ACME, "--role", "admin", data=up.folder).document
    assert done == {"member_id": added["member_id"], "role": "admin"}
    assert status(up, added["api_key"]) == 200
    assert colophon("member", "remove", "ole@acme.example", *ACME, data=up.folder).document["removed"]
    assert status(up, added["api_key"]) == 401
    again = colophon("member", "remove", "ole@acme.example", *ACME, data=up.folder)
    assert (again.exit_code, again.stderr.strip()) == (1, "The tenant has no such member.")


def test_a_tenant_is_put_on_another_plan_suspended_and_resumed(up: Up) -> None:
    owner = ("--owner", "olga@initech.example")
    api_key = colophon("tenant", "create", "initech", "--name", "Initech", *owner, data=up.folder).document["api_key"]
    assert (
        colophon("tenant", "plan", "initech", "--plan", "enterprise", data=up.folder).document["plan"] == "enterprise"
    )
    colophon("tenant", "suspend", "initech", "--reason", "Unpaid", data=up.folder)
    listed = {row["slug"]: row for row in colophon("tenant", "list", data=up.folder).document}
    assert (listed["initech"]["plan"], listed["initech"]["suspended_at"] is None) == ("enterprise", False)
    assert status(up, api_key) == 401
    colophon("tenant", "resume", "initech", data=up.folder)
    assert status(up, api_key) == 200
    unknown = colophon("tenant", "plan", "initech", "--plan", "gold", data=up.folder)
    assert (unknown.exit_code, "free, team, enterprise" in unknown.stderr) == (1, True)


def test_a_tenants_key_is_rotated_and_every_credential_still_works(up: Up) -> None:
    owner = ("--owner", "olga@hooli.example")
    api_key = colophon("tenant", "create", "hooli", "--name", "Hooli", *owner, data=up.folder).document["api_key"]
    (before,) = colophon("keys", "status", "--tenant", "hooli", data=up.folder).document["epochs"]
    (rotated,) = colophon("keys", "rotate", "--tenant", "hooli", data=up.folder).document
    shown = colophon("keys", "status", "--tenant", "hooli", data=up.folder).document
    ((after,), (master_key,)) = shown["epochs"], shown["master_keys"]
    assert (before["epoch"], rotated["epoch"], after["epoch"]) == (1, 2, 2)
    assert after["data_keys"] >= rotated["rewrapped_keys"] >= before["data_keys"] > 0
    assert set(after) == {"tenant", "epoch", "master_key", "created_at", "data_keys", "destroyed", "age_days"}
    assert (master_key["fingerprint"], master_key["in_use"]) == (after["master_key"], True)
    assert master_key["tenants"] >= len(colophon("tenant", "list", data=up.folder).document)
    assert status(up, api_key) == 200
    neither = colophon("keys", "rotate", data=up.folder)
    assert (neither.exit_code, "--all" in neither.stderr) == (2, True)
