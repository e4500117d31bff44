"""A password opens a session for its own account; guessing is slow, and learns nothing."""

import asyncio
import json
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from httpx import AsyncClient

from app.bootstrap import Colophon
from domain.ids import MemberId
from infra.identity.hashing import PARAMETERS, Argon2Hashing
from infra.identity.passwords import ACCOUNT_ATTEMPTS_MAX, KeystorePasswords
from infra.redis.attempts import RedisAttempts
from infra.redis.connections import connect
from tenancy.identity import TooManyAttempts
from tests.members.people import PASSWORD, browser_of, joined, sign_in
from tests.support.whole_log import whole_log
from tests.support.world import Tenant

NINA = "nina@acme.example"
OTHER = "another horse battery"


async def test_the_right_password_opens_a_session(client: AsyncClient, acme: Tenant) -> None:
    await joined(client, acme, NINA)
    done = await sign_in(client, acme, f" {NINA.upper()} ")
    assert done.json()["member"]["email"] == NINA
    cookies = done.headers.get_list("set-cookie")
    assert "HttpOnly" in next(c for c in cookies if c.startswith("colophon_session="))
    assert (await client.get("/api/v1/session")).json()["tenant"]["slug"] == acme.slug


async def test_every_wrong_answer_is_the_same_answer(client: AsyncClient, acme: Tenant, globex: Tenant) -> None:
    await joined(client, acme, NINA)
    wrong = [
        await sign_in(client, acme, NINA, "not the password"),
        await sign_in(client, acme, "nobody@acme.example"),
        await sign_in(client, acme, f"ana@{acme.slug}.example"),  # she has no password
        await sign_in(client, globex, NINA),
        await client.post("/api/v1/session", json={"tenant": "nowhere", "email": NINA, "password": PASSWORD}),
        await sign_in(client, acme, "nul\0@acme.example"),
        await sign_in(client, acme, NINA, "x" * 900),
        await sign_in(client, acme, NINA, ""),
    ]
    told = {(a.status_code, a.json()["code"], a.json()["detail"], a.headers.get("set-cookie")) for a in wrong}
    assert told == {(401, "sign_in.refused", "The tenant, the e-mail address or the password is not right.", None)}


async def test_an_account_that_is_not_there_costs_the_same_work(
    colophon: Colophon, client: AsyncClient, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    await joined(client, acme, NINA)
    hashing = colophon.platform.identity._hashing  # type: ignore[attr-defined]
    runs: list[str] = []

    def matches(verifier: str, password: str) -> bool:
        runs.append(verifier)
        return len(password) == 0

    monkeypatch.setattr(hashing, "_matches", matches)
    for email in (NINA, "nobody@acme.example", f"ana@{acme.slug}.example"):
        await sign_in(client, acme, email, "not the password")
    assert [run.split("$")[1:4] for run in runs] == [["argon2id", "v=19", "m=19456,t=2,p=1"]] * 3


async def test_an_account_that_is_guessed_at_is_closed_for_a_while_and_no_other(
    client: AsyncClient, acme: Tenant
) -> None:
    await joined(client, acme, NINA)
    await joined(client, acme, "ole@acme.example")
    answers = await asyncio.gather(
        *(sign_in(client, acme, NINA, f"guess number {n}") for n in range(ACCOUNT_ATTEMPTS_MAX + 3))
    )
    assert sorted(a.status_code for a in answers) == [401] * ACCOUNT_ATTEMPTS_MAX + [429] * 3
    refused = await sign_in(client, acme, NINA)
    assert (refused.status_code, refused.json()["code"]) == (429, "sign_in.too_many_attempts")
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    assert (await sign_in(client, acme, "ole@acme.example")).status_code == 200


async def test_spraying_one_password_over_many_accounts_is_stopped_by_the_address() -> None:
    attempts = RedisAttempts(connect(None), b"k" * 32)
    for n in range(3):
        await attempts.count([("address", "10.0.0.1", 3), ("account", f"acme/{n}@acme.example", 10)])
    with pytest.raises(TooManyAttempts):
        await attempts.count([("address", "10.0.0.1", 3), ("account", "acme/other@acme.example", 10)])
    await attempts.count([("address", "10.0.0.2", 3), ("account", "acme/other@acme.example", 10)])


async def test_attempts_that_were_right_are_not_counted() -> None:
    for url in (None, "redis://127.0.0.1:1"):
        attempts = RedisAttempts(connect(url), b"k" * 32)
        for _ in range(5):
            await attempts.count([("address", "10.0.0.1", 1)])
            await attempts.forgive("address", "10.0.0.1")
        await attempts.count([("address", "10.0.0.1", 1)])
        with pytest.raises(TooManyAttempts):
            await attempts.count([("address", "10.0.0.1", 1)])


async def test_attempts_are_counted_here_while_redis_is_away() -> None:
    attempts = RedisAttempts(connect("redis://127.0.0.1:1"), b"k" * 32)
    await attempts.count([("account", "acme/nina", 1)])
    with pytest.raises(TooManyAttempts):
        await attempts.count([("account", "acme/nina", 1)])


async def test_redis_learns_no_address_of_anybody() -> None:
    redis = connect(None)
    await RedisAttempts(redis, b"k" * 32).count([("address", "10.0.0.1", 3), ("account", f"acme/{NINA}", 10)])
    kept = repr(await redis.keys())
    assert kept.count("colophon:sign-in:") == 2
    assert "nina" not in kept
    assert "10.0.0.1" not in kept


async def test_another_site_cannot_sign_its_visitor_in_here(client: AsyncClient, acme: Tenant) -> None:
    await joined(client, acme, NINA)
    lured = await sign_in(client, acme, NINA, Origin="https://evil.example")
    assert (lured.status_code, lured.headers.get("set-cookie")) == (403, None)


async def test_changing_the_password_takes_the_present_one_and_ends_other_sessions(
    client: AsyncClient, acme: Tenant
) -> None:
    await joined(client, acme, NINA)
    here, there = [browser_of(await sign_in(client, acme, NINA)) for _ in range(2)]
    client.cookies.clear()

    async def change(current: str | None, new: str) -> tuple[int, str | None]:
        answer = await client.post("/api/v1/password", json={"current": current, "new": new}, headers=here)
        return answer.status_code, answer.json().get("code")

    assert await change("not the password", OTHER) == (403, "password.current_wrong")
    assert await change(None, OTHER) == (403, "password.current_wrong")
    assert await change(PASSWORD, "short") == (422, "password.refused")
    assert await change(PASSWORD, OTHER) == (200, None)
    statuses = [(await client.get("/api/v1/session", headers=browser)).status_code for browser in (here, there)]
    assert statuses == [200, 401]
    assert (await sign_in(client, acme, NINA)).status_code == 401
    assert (await sign_in(client, acme, NINA, OTHER)).status_code == 200


async def test_a_password_change_without_our_page_is_refused(client: AsyncClient, acme: Tenant) -> None:
    await joined(client, acme, NINA)
    browser = browser_of(await sign_in(client, acme, NINA))
    client.cookies.clear()
    form = {"current": PASSWORD, "new": OTHER}
    assert (await client.post("/api/v1/password", json=form)).status_code == 401
    without_token = {"Cookie": browser["Cookie"]}
    assert (await client.post("/api/v1/password", json=form, headers=without_token)).status_code == 403
    by_key = await client.post("/api/v1/password", json=form, headers=acme.ana.headers)
    assert by_key.json()["code"] == "session.needed"


async def test_sessions_are_listed_and_ended_by_whose_they_are(client: AsyncClient, acme: Tenant) -> None:
    await joined(client, acme, NINA)
    await joined(client, acme, "ole@acme.example")
    first, second = [browser_of(await sign_in(client, acme, NINA)) for _ in range(2)]
    ole = browser_of(await sign_in(client, acme, "ole@acme.example"))
    client.cookies.clear()
    listed = (await client.get("/api/v1/sessions", headers=second)).json()["items"]
    assert len(listed) == 3  # one came with the invitation
    (current,) = [s["id"] for s in listed if s["current"]]
    assert (await client.delete(f"/api/v1/sessions/{current}", headers=ole)).status_code == 404
    assert (await client.delete("/api/v1/sessions", headers=second)).status_code == 204
    statuses = [(await client.get("/api/v1/session", headers=b)).status_code for b in (first, second, ole)]
    assert statuses == [401, 200, 200]
    assert (await client.delete(f"/api/v1/sessions/{current}", headers=second)).status_code == 204
    assert (await client.get("/api/v1/session", headers=second)).status_code == 401


async def test_a_password_hashed_with_former_parameters_is_hashed_again_when_it_is_used(
    colophon: Colophon, client: AsyncClient, acme: Tenant
) -> None:
    nina = MemberId(UUID(await joined(client, acme, NINA)))
    databases = colophon._foundation.databases
    former = KeystorePasswords(databases, Argon2Hashing(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)))
    today = KeystorePasswords(databases, Argon2Hashing())
    kept = await former.keep(PASSWORD, nina, acme.ana.context)
    assert await today.check(PASSWORD, kept, acme.ana.context)
    assert not await today.check("not the password", kept, acme.ana.context)
    verifiers: list[str] = []
    matches = today._hashing._matches

    def seen(verifier: str, password: str) -> bool:
        verifiers.append(verifier)
        return matches(verifier, password)

    today._hashing._matches = seen  # type: ignore[method-assign]
    assert await today.check(PASSWORD, kept, acme.ana.context)
    assert not PARAMETERS.check_needs_rehash(verifiers[0])


async def test_neither_password_nor_verifier_is_in_any_event_or_log_line(
    colophon: Colophon, client: AsyncClient, acme: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    await joined(client, acme, NINA)
    await sign_in(client, acme, NINA)
    await sign_in(client, acme, NINA, "Nightingale-wrong")
    events = await whole_log(colophon, acme.tenant_id)
    said = repr(events) + capsys.readouterr().out + json.dumps(str(events))
    assert "PasswordSet" in said
    for secret in (PASSWORD, "argon2id", "Nightingale-wrong"):
        assert secret not in said
