"""Real processes through an exchange of the master key, in the order of the how-to, and one that was forgotten."""

import asyncio
import secrets
from collections.abc import Iterator

import pytest
from httpx import Client, Response

from infra.postgres.embedded import EmbeddedPostgres
from tests.cli.test_serving_production import Installation, Served, served
from tests.event_log.two_keys import ask_for_passwords
from tests.support.command_line import colophon
from tests.support.up import fresh_folder

FORMER, NEW = secrets.token_hex(32), secrets.token_hex(32)


@pytest.fixture
def database_url() -> Iterator[str]:
    """A server that asks for passwords."""
    with fresh_folder() as folder:
        server = EmbeddedPostgres(folder)
        try:
            url = asyncio.run(server.start())
            asyncio.run(ask_for_passwords(url))
            yield url
        finally:
            asyncio.run(server.stop())


def created(by: Served, api_key: str) -> Response:
    """A document needs a new key below the tenant's."""
    with Client(base_url=by.url, headers={"Authorization": f"Bearer {api_key}"}, timeout=30) as client:
        return client.post("/api/v1/documents", json={"title": "Merger"})


def test_who_has_both_keys_serves_on_and_who_was_forgotten_is_told_so(database_url: str) -> None:
    # given
    former = {"COLOPHON_DATABASE_URL": database_url, "COLOPHON_MASTER_KEY": FORMER}
    both = former | {"COLOPHON_MASTER_KEY": NEW, "COLOPHON_MASTER_KEY_FORMER": FORMER}
    new = former | {"COLOPHON_MASTER_KEY": NEW}
    colophon("migrate", settings=former)
    owner = ("--owner", "olga@acme.example")
    api_key = colophon("tenant", "create", "acme", "--name", "Acme", *owner, settings=former).document["api_key"]
    with served(Installation(both, api_key), "--role", "api") as process:
        with served(Installation(former, api_key), "--role", "api") as forgotten:
            for one in (process, forgotten):
                one.until_answers("/readyz")
                assert created(one, api_key).status_code == 201
            # when
            told = colophon("keys", "rotate-master", settings=both)
            # then
            assert "start every process again" in told.document["next_step"]
            assert "COLOPHON_MASTER_KEY_FORMER is set" in colophon("doctor", settings=both).stdout
            assert created(process, api_key).status_code == 201
            refused = created(forgotten, api_key)
            assert (refused.status_code, "start it again with the new one" in refused.text) == (503, True)
            assert forgotten.stop() == 0
        assert process.stop() == 0
    with served(Installation(new, api_key), "--role", "api") as process:
        process.until_answers("/readyz")
        assert colophon("keys", "rotate-master", settings=new).document["next_step"] is None
        assert created(process, api_key).status_code == 201
        assert process.stop() == 0
    too_late = colophon("tenant", "list", settings=former)
    assert (too_late.exit_code, "rotate-master" in too_late.stderr) == (1, True)
