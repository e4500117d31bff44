"""The API's descriptions, printed and compared; nothing needs to run for them."""

import json
from pathlib import Path

import pytest

from tests.support.command_line import colophon

EXPORTS = ["schema", "openapi"]


def test_the_rest_description_is_openapi() -> None:
    told = colophon("openapi", "export", as_json=False)
    document = json.loads(told.stdout)
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/documents/{document_id}/content" in document["paths"]


def test_the_graphql_description_is_a_schema() -> None:
    told = colophon("schema", "export", as_json=False)
    assert "type Query" in told.stdout
    assert "documentCreate" in told.stdout
    assert colophon("schema", "export").document == {"sdl": told.stdout.removesuffix("\n")}


@pytest.mark.parametrize("export", EXPORTS)
def test_a_check_passes_what_is_current_and_refuses_what_is_not(export: str, tmp_path: Path) -> None:
    # given
    written = tmp_path / "written"
    written.write_text(colophon(export, "export", as_json=False).stdout, encoding="utf-8")
    # when it is current
    current = colophon(export, "export", "--check", str(written), as_json=False)
    # then
    assert (current.exit_code, current.stdout) == (0, "")
    # when it is not
    written.write_text("{}", encoding="utf-8")
    old = colophon(export, "export", "--check", str(written), as_json=False)
    # then
    assert (old.exit_code, old.stdout) == (1, "")
    assert "is not current" in old.stderr


@pytest.mark.parametrize("export", EXPORTS)
def test_a_check_of_a_missing_file_is_refused_with_a_sentence(export: str, tmp_path: Path) -> None:
    told = colophon(export, "export", "--check", str(tmp_path / "missing"), as_json=False)
    assert (told.exit_code, told.stdout) == (1, "")
    assert str(tmp_path / "missing") in told.stderr
