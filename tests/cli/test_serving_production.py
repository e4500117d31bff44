"""`serve` on a database of somebody's own: each role, several workers, a clean end, and clear refusals."""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psutil
import psycopg
import pytest
from httpx import Client, TransportError

from bench.gateway.colophon import shares_port
from infra.postgres.embedded import EmbeddedPostgres
from tests.support.command_line import Told, colophon
from tests.support.up import COLOPHON, START_SECONDS_MAX, STOP_SECONDS_MAX, fresh_folder

NOBODY_LISTENS = "postgresql://nobody@127.0.0.1:1/nothing"
LOOK_AGAIN_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Installation:
    """The settings of a production installation, and the key of its first tenant's owner."""

    settings: dict[str, str]
    api_key: str


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """A server of its own: roles and their passwords belong to a whole PostgreSQL, not to one database."""
    with fresh_folder() as folder:
        server = EmbeddedPostgres(folder)
        try:
            url = asyncio.run(server.start())
            settings = {"COLOPHON_DATABASE_URL": url, "COLOPHON_MASTER_KEY": secrets.token_hex(32)}
            assert colophon("migrate", settings=settings).document["revision"]
            made = colophon(
                "tenant", "create", "acme", "--name", "Acme", "--owner", "olga@acme.example", settings=settings
            )
            yield Installation(settings, made.document["api_key"])
        finally:
            asyncio.run(server.stop())


@dataclass(slots=True)
class Served:
    url: str
    process: subprocess.Popen[str]
    family: list[psutil.Process] = field(default_factory=list)

    def answer(self, path: str, api_key: str = "") -> int | None:
        """The status; None when nobody answers."""
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        with Client(base_url=self.url, headers=headers, timeout=30) as client:
            try:
                return client.get(path).status_code
            except TransportError:
                return None

    def until_answers(self, path: str) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while self.answer(path) != 200:
            assert self.process.poll() is None, f"serve ended with {self.process.returncode}"
            assert time.monotonic() < deadline
            # The process may still be importing: there is nothing yet that could tell us.
            time.sleep(LOOK_AGAIN_SECONDS)
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(LOOK_AGAIN_SECONDS)

    def workers(self) -> list[psutil.Process]:
        """The processes that share its port; the one that indexes has a lower priority when it has begun."""
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.process.pid).children()
            self.family = [*{*self.family, *children}]
            nice = psutil.Process(self.process.pid).nice()
            return [child for child in children if shares_port(child) and child.nice() == nice]
        return []

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS_MAX)


@contextmanager
def served(installation: Installation, *options: str) -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(COLOPHON), "serve", "--port", str(port), *options]
    environment = {**os.environ, **installation.settings}  # noqa: TID251  # handed on
    process = subprocess.Popen(command, env=environment, text=True)
    one = Served(f"http://127.0.0.1:{port}", process)
    try:
        yield one
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for left in psutil.wait_procs(one.family, timeout=STOP_SECONDS_MAX)[1]:
            left.kill()


def refusal(told: Told) -> str:
    """The sentence on stderr of a command that was refused."""
    assert (told.exit_code, told.stdout) == (1, "")
    assert "Traceback" not in told.stderr
    return told.stderr


def test_one_process_that_does_everything(installation: Installation) -> None:
    with served(installation, "--role", "all") as one:
        one.until_answers("/readyz")
        assert one.answer("/api/v1/documents", installation.api_key) == 200
        assert one.answer("/api/v1/members", installation.api_key) == 200
        assert one.stop() == 0


def test_a_worker_lives_and_serves_no_documents(installation: Installation) -> None:
    with served(installation, "--role", "worker") as one:
        one.until_answers("/livez")
        one.until_answers("/readyz")
        assert one.answer("/api/v1/documents", installation.api_key) == 404
        assert one.stop() == 0


def test_several_workers_share_a_port_and_end_together(installation: Installation) -> None:
    with served(installation, "--workers", "2") as one:
        one.until_answers("/readyz")
        assert one.answer("/api/v1/documents", installation.api_key) == 200
        one.until(lambda: len(one.workers()) == 1)
        # when
        assert one.stop() == 0
        # then
        assert psutil.wait_procs(one.family, timeout=STOP_SECONDS_MAX)[1] == []
        assert one.answer("/livez") is None


def test_a_worker_that_dies_is_started_again(installation: Installation) -> None:
    with served(installation, "--workers", "2") as one:
        one.until_answers("/readyz")
        one.until(lambda: len(one.workers()) == 1)
        (worker,) = one.workers()
        # when
        worker.kill()
        worker.wait(STOP_SECONDS_MAX)
        # then
        one.until(lambda: [again for again in one.workers() if again.pid != worker.pid])
        assert one.answer("/livez") == 200
        assert one.stop() == 0
        assert one.workers() == []


def test_commands_act_on_the_database_of_the_settings(installation: Installation) -> None:
    rows = colophon("tenant", "list", settings=installation.settings).document
    assert [row["slug"] for row in rows] == ["acme"]
    findings = {row["check"]: row["ok"] for row in colophon("doctor", settings=installation.settings).document}
    assert findings["database"]
    assert findings["master key"]


def test_without_a_database_or_a_key_it_is_refused(installation: Installation) -> None:
    url = installation.settings["COLOPHON_DATABASE_URL"]
    assert "COLOPHON_DATABASE_URL" in refusal(colophon("serve", as_json=False))
    assert "COLOPHON_MASTER_KEY" in refusal(colophon("serve", as_json=False, settings={"COLOPHON_DATABASE_URL": url}))
    assert "COLOPHON_MASTER_KEY" in refusal(colophon("tenant", "list", settings={"COLOPHON_DATABASE_URL": url}))


@pytest.mark.parametrize("weak", ["password", "0" * 64, "changeme" * 8])
def test_a_weak_key_is_refused_and_not_repeated(installation: Installation, weak: str) -> None:
    told = refusal(colophon("tenant", "list", settings={**installation.settings, "COLOPHON_MASTER_KEY": weak}))
    assert "COLOPHON_MASTER_KEY" in told
    assert weak not in told


def what_a_key_decides(installation: Installation) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the keystore, the keys of signed contexts, the passwords of all roles."""
    tables = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('keystore', 'sec')"
    with psycopg.connect(installation.settings["COLOPHON_DATABASE_URL"]) as connection:
        names = [row[0] for row in connection.execute(tables)] + ["pg_authid"]
        assert {"keystore.data_keys", "keystore.signing_keys", "sec.context_keys"} < set(names)
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2".encode()).fetchall() for name in names}


@pytest.mark.parametrize("command", ["serve --port 0", "tenant list", "migrate", "projections", "key list --tenant a"])
def test_another_key_than_the_databases_is_refused(installation: Installation, command: str) -> None:
    # given
    before = what_a_key_decides(installation)
    # when
    other = {**installation.settings, "COLOPHON_MASTER_KEY": secrets.token_hex(32)}
    told = colophon(*command.split(), as_json=False, settings=other)
    # then
    assert "not the key that this database was set up with" in refusal(told)
    assert what_a_key_decides(installation) == before
    rows = colophon("tenant", "list", settings=installation.settings).document
    assert [row["slug"] for row in rows] == ["acme"]


@pytest.mark.parametrize("command", ["serve --port 0", "tenant list", "migrate", "projections", "key list --tenant a"])
def test_a_database_that_does_not_answer_is_named_in_a_sentence(command: str) -> None:
    settings = {"COLOPHON_DATABASE_URL": NOBODY_LISTENS, "COLOPHON_MASTER_KEY": secrets.token_hex(32)}
    told = refusal(colophon(*command.split(), as_json=False, settings=settings))
    assert "database does not answer" in told
    assert NOBODY_LISTENS not in told


def test_the_doctor_says_which_part_is_ill() -> None:
    # when
    settings = {"COLOPHON_DATABASE_URL": NOBODY_LISTENS, "COLOPHON_MASTER_KEY": secrets.token_hex(32)}
    told = colophon("doctor", as_json=False, settings=settings)
    # then
    assert told.exit_code == 1
    assert "FAIL  database" in told.stdout
    assert "COLOPHON_DATABASE_URL" in told.stdout


def test_a_server_that_asks_for_passwords_tells_another_key_as_well() -> None:
    with fresh_folder() as folder:
        server = EmbeddedPostgres(folder)
        try:
            url = asyncio.run(server.start())
            right = {"COLOPHON_DATABASE_URL": url, "COLOPHON_MASTER_KEY": secrets.token_hex(32)}
            assert colophon("migrate", settings=right).document["revision"]
            rules = folder / "postgres" / "pg_hba.conf"
            rules.write_text("local all postgres trust\nlocal all all scram-sha-256\n")
            with psycopg.connect(url) as connection:
                connection.execute("SELECT pg_reload_conf()")
            # when
            wrong = {**right, "COLOPHON_MASTER_KEY": secrets.token_hex(32)}
            told = [
                refusal(colophon(*command, as_json=False, settings=wrong))
                for command in (["serve"], ["tenant", "list"])
            ]
            # then
            assert all("not the key that this database was set up with" in sentence for sentence in told)
            assert colophon("tenant", "list", settings=right).document == []
        finally:
            asyncio.run(server.stop())
