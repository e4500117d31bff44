"""Settings, flags and the kill switch from the command line, and a serving process that follows."""

import time

import pytest
from httpx import Client

from tests.support.command_line import colophon
from tests.support.up import Up

PATIENCE_SECONDS = 20.0


@pytest.fixture(scope="module")
def api_key(up: Up) -> str:
    made = colophon("key", "create", "--tenant", "acme", "--member", "adam@acme.example", data=up.folder)
    return str(made.document["api_key"])


def follows(up: Up, api_key: str, flag: str, *, enabled: bool) -> bool:
    """Whether the serving process comes to see the flag so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with Client(base_url=up.url, headers={"Authorization": f"Bearer {api_key}"}) as client:
        while time.monotonic() < deadline:
            if client.get("/api/v1/session").json()["features"][flag] is enabled:
                return True
    return False


def test_a_setting_is_set_shown_and_taken_back(up: Up) -> None:
    done = colophon("settings", "set", "ai.passages_max", "4", "--tenant", "acme", data=up.folder).document
    assert done == {"key": "ai.passages_max", "value": 4, "set_by": "tenant", "version": 1}
    assert colophon("policy", "get", "ai.passages_max", "--tenant", "acme", data=up.folder).document == done
    colophon("settings", "reset", "ai.passages_max", "--tenant", "acme", data=up.folder)
    history = colophon("settings", "history", "ai.passages_max", "--tenant", "acme", data=up.folder).document
    assert [(change["value"], change["changed_by"]) for change in history] == [(4, "operator"), (None, "operator")]
    assert len(colophon("settings", "get", data=up.folder).document) > 20


def test_the_kill_switch_reaches_the_serving_process_for_everybody_and_for_one_tenant(up: Up, api_key: str) -> None:
    for where in ((), ("--tenant", "acme")):
        for turned, enabled in (("on", False), ("off", True)):
            assert colophon("kill-switch", turned, *where, data=up.folder).document["value"] is enabled
            assert follows(up, api_key, "ai.enabled", enabled=enabled)


def test_a_flag_is_turned_off_for_one_member(up: Up) -> None:
    adam = ("--tenant", "acme", "--member", "adam@acme.example")
    assert not colophon("flags", "set", "feature.assistant", "off", *adam, data=up.folder).document["value"]
    assert colophon("flags", "get", "feature.assistant", "--tenant", "acme", data=up.folder).document["value"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("settings", "set", "ai.passages_max", "many"), "a whole number from 0 to 50"),
        (("settings", "set", "ai.nothing", "1"), "no such setting"),
        (("settings", "get", "ai.nothing"), "no such setting"),
        (("flags", "get", "ai.passages_max"), "no such setting"),
        (("settings", "set", "documents.default_sharing", "restricted"), "cannot be set for a platform"),
        (("kill-switch", "on", "--tenant", "nobody"), "no tenant"),
    ],
)
def test_what_cannot_be_set_is_refused_in_a_sentence(up: Up, words: tuple[str, ...], said: str) -> None:
    told = colophon(*words, data=up.folder)
    assert told.exit_code == 1
    assert said in told.stderr
