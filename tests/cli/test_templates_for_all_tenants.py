"""The operator publishes a prompt template beside a running Colophon, and takes it back."""

import json
from pathlib import Path

from httpx import Client

from tests.support.command_line import colophon
from tests.support.up import Up

CONTENT = {"purpose": "summarise", "system": "You summarise for {{ audience }}.", "user": "<<<{{ selection }}>>>",
           "variables": [{"name": "audience", "characters_max": 200}]}  # fmt: skip


def test_it_is_published_seen_by_tenants_followed_by_another_and_withdrawn(up: Up, tmp_path: Path) -> None:
    # given
    file = tmp_path / "letter.json"
    file.write_text(json.dumps(CONTENT))
    key = colophon("key", "create", "--tenant", "acme", "--member", "ana@acme.example", data=up.folder).document
    path, headers = "/api/v1/templates/letter", {"Authorization": f"Bearer {key['api_key']}"}
    with Client(base_url=up.url, headers=headers) as client:
        # when
        first = colophon("template", "publish", "letter", str(file), data=up.folder).document
        file.write_text(json.dumps({**CONTENT, "description": "Kinder."}))
        second = colophon("template", "publish", "letter", str(file), data=up.folder).document
        # then
        assert first == {"name": "letter", "purpose": "summarise", "live": [1], "newest": 1}
        assert (second["live"], second["newest"]) == ([2], 2)
        assert client.get(path).json()["description"] == "Kinder."
        back = colophon("template", "publish", "letter", "--version", "1", data=up.folder).document
        assert (back["live"], back["newest"]) == ([1], 2)
        assert colophon("template", "list", data=up.folder).document == [back]
        assert colophon("template", "withdraw", "letter", data=up.folder).document["withdrawn"] == [1]


def test_what_is_no_template_is_refused_in_a_sentence(up: Up, tmp_path: Path) -> None:
    file = tmp_path / "letter.json"
    file.write_text(json.dumps({**CONTENT, "system": "{{ secret }}"}))
    refused = colophon("template", "publish", "other", str(file), data=up.folder)
    assert (refused.exit_code, "secret" in refused.stderr, "Traceback" in refused.stderr) == (1, True, False)
    file.write_text("[]")
    assert "is no version of a template" in colophon("template", "publish", "other", str(file), data=up.folder).stderr
    assert colophon("template", "publish", "other", data=up.folder).exit_code == 2
    assert colophon("template", "publish", "other", "--version", "1", data=up.folder).exit_code == 1
