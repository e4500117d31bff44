"""The first command that anybody runs: it works on an empty folder, refuses clearly, and comes back from anything."""

import json
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from httpx import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.command_line import colophon
from tests.support.up import Up, an_up, fresh_folder

LINK = re.compile(r"(\w+(?: 2)?) +(http://\S+/sign-in/\S+)")
ANSWERS_MAX = 30
DEMO_TITLES = {
    "Data Processing Agreement with Northlight",
    "Incident report: delayed uploads, 4 November",
    "Product brief: Calibration Companion",
}


@pytest.fixture(scope="module")
def shared() -> Iterator[Up]:
    """One for the file; a test may end it, and the next one finds it started again on the same folder."""
    with an_up() as up:
        yield up


@pytest.fixture
def up(shared: Up) -> Up:
    return shared if shared.is_running else shared.start()


def links(up: Up) -> dict[str, str]:
    return dict(LINK.findall(up.banner))


@contextmanager
def signed_in(up: Up) -> Iterator[Client]:
    """A browser of Ana's, with a link that nobody has used, ready to change things."""
    link = colophon("sign-in-link", "ana@acme.example", "--tenant", "acme", data=up.folder).document["url"]
    with Client(base_url=up.url) as browser:
        assert browser.get(link).status_code == 303
        browser.headers["X-CSRF-Token"] = browser.get("/api/v1/session").json()["csrf_token"]
        yield browser


def titles(browser: Client) -> set[str]:
    return {item["title"] for item in browser.get("/api/v1/documents").json()["items"]}


def test_the_links_of_the_banner_sign_in_who_they_say(up: Up) -> None:
    people = {
        "Editor": ("ana@acme.example", "editor", "/"),
        "Editor 2": ("olga@acme.example", "owner", "/"),
        "Admin": ("adam@acme.example", "admin", "/admin"),
        "Audit": ("otto@acme.example", "auditor", "/audit"),
        "GraphiQL": ("ana@acme.example", "editor", "/graphiql"),
    }
    assert links(up).keys() == people.keys()
    for page, (email, role, path) in people.items():
        with Client(base_url=up.url) as browser:
            # when
            answer = browser.get(links(up)[page])
            # then
            assert (answer.status_code, urlsplit(answer.headers["location"]).path) == (303, path)
            cookie = answer.headers["set-cookie"]
            assert "colophon_session=" in cookie
            assert "HttpOnly" in cookie
            session = browser.get("/api/v1/session").json()
            assert (session["member"]["email"], session["member"]["role"]) == (email, role)
            assert session["tenant"]["slug"] == "acme"
            assert titles(browser) == DEMO_TITLES


def test_a_link_works_once(up: Up) -> None:
    link = links(up)["Editor"]
    with Client() as somebody_else:
        # when: the test before has used it, or this one does
        somebody_else.get(link)
        somebody_else.cookies.clear()
        answer = somebody_else.get(link)
    # then
    assert answer.headers["location"] == "/sign-in?problem=link_expired"
    assert "set-cookie" not in answer.headers


def test_what_it_tells_other_commands_is_where_it_serves(up: Up) -> None:
    assert up.process is not None
    assert up.notice["pid"] == up.process.pid
    assert up.url in up.banner
    with Client(base_url=up.url) as client:
        assert client.get("/livez").status_code == 200
        assert client.get("/readyz").status_code == 200
        assert client.get("/openapi.json").json()["info"]["version"] == up.notice["version"]


def test_a_second_one_on_the_folder_is_refused_and_the_first_lives_on(up: Up) -> None:
    # when
    second = colophon("up", "--port", "0", data=up.folder, as_json=False)
    # then
    assert second.exit_code == 1
    assert "already runs" in second.stderr
    assert up.url in second.stderr
    assert "Traceback" not in second.stderr
    with Client(base_url=up.url) as client:
        assert client.get("/readyz").status_code == 200
    assert up.notice["url"] == up.url


def test_a_port_in_use_is_refused_and_nothing_is_made(up: Up) -> None:
    port = str(urlsplit(up.url).port)
    with fresh_folder() as folder:
        # when
        refused = colophon("up", "--port", port, data=folder, as_json=False)
        # then
        assert refused.exit_code == 1
        assert f"Port {port} on 127.0.0.1 is in use" in refused.stderr
        assert "--port" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert not (folder / "postgres").exists()


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    # given: also root cannot make a folder in a file
    (tmp_path / "a-file").touch()
    # when
    refused = colophon("up", "--port", "0", data=tmp_path / "a-file" / "data", as_json=False)
    # then
    assert refused.exit_code == 1
    assert f"{tmp_path / 'a-file' / 'data'} cannot be written" in refused.stderr
    assert "--data" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_log_is_json_and_holds_nothing_that_anybody_wrote(up: Up) -> None:
    # given
    canaries = {name: f"canary-{name}-7f3a" for name in ("title", "text", "query")}
    with signed_in(up) as ana:
        session = ana.get("/api/v1/session").json()
        # when
        made = ana.post("/api/v1/documents", json={"title": canaries["title"], "markdown": canaries["text"]})
        document_id = made.json()["id"]
        ana.get("/api/v1/documents", params={"text": canaries["query"]})
        ana.post("/graphql", json={"query": f'{{ documents(filter: {{text: "{canaries["query"]}"}}) {{ wrong }} }}'})
        ana.post(f"/api/v1/documents/{document_id}/title", json={"title": canaries["title"] * 100})
        ana.get("/api/v1/documents", headers={"Authorization": "Bearer colk_canary-key-7f3a"})
        token = ana.post(f"/api/v1/documents/{document_id}/collab-token").json()["token"]
        with connect(f"{up.url.replace('http', 'ws')}/collab/{document_id}?token={token}", proxy=None) as socket:
            socket.recv()
            socket.send(b"\x00\x02\x99" + canaries["text"].encode())
            assert closed(socket) == 4400
        secrets = [*canaries.values(), token, *ana.cookies.values(), "canary", "northlight", "thesis"]
    # then
    written = up.log.read_text()
    assert [secret for secret in secrets if secret.lower() in written.lower()] == []
    lines = [json.loads(line) for line in written.splitlines()]
    created = next(line for line in lines if line.get("route") == "/api/v1/documents" and line["method"] == "POST")
    assert created["status"] == 201
    assert created["request_id"] == made.headers["x-request-id"]
    assert created["tenant"] == session["tenant"]["id"]
    assert session["member"]["id"] in created["actor"]
    refusal = next(line for line in lines if line["event"] == "live.closed")
    assert (refusal["tenant"], refusal["actor"]) == (created["tenant"], created["actor"])


def closed(socket: ClientConnection) -> int | None:
    """Read to the end; the code that the server closed with."""
    try:
        while True:
            socket.recv()
    except ConnectionClosed:
        return socket.close_code


def test_what_indexes_gives_way_to_everything_else_and_is_started_again_when_it_dies(up: Up) -> None:
    assert up.process is not None
    (indexing,) = [child for child in psutil.Process(up.process.pid).children() if child.nice() > 0]
    # when
    indexing.kill()
    # then
    with signed_in(up) as ana:
        made = ana.post("/api/v1/documents", json={"title": "Axolotl", "markdown": "It regrows its gills."}).json()
        about = {"q": "gills", "mode": "lexical", "at_least": made["receipt"]["position"]}
        # Each answer waits up to two seconds for the index, and says so when that was not enough.
        answers = (ana.get("/api/v1/search", params=about) for _ in range(ANSWERS_MAX))
        found = next(answer.json()["items"] for answer in answers if "x-colophon-stale" not in answer.headers)
        assert [item["document_id"] for item in found] == [made["id"]]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_told_to_stop_it_stops_everything_and_the_next_one_has_all_documents(up: Up, number: signal.Signals) -> None:
    # when
    code = up.end(number)
    # then
    assert code == 0
    assert up.left_behind() == []
    assert not (up.folder / "up.json").exists()
    up.start()
    with signed_in(up) as ana:
        assert titles(ana) >= DEMO_TITLES


def test_killed_it_leaves_no_server_behind_and_the_next_one_has_all_documents(up: Up) -> None:
    # given
    stale = up.notice
    # when
    assert up.end(signal.SIGKILL) == -signal.SIGKILL
    # then
    up.start()
    assert up.notice["pid"] != stale["pid"]
    with signed_in(up) as ana:
        assert titles(ana) >= DEMO_TITLES
