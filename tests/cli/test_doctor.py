"""`colophon doctor` looks and changes nothing, and its remedies are for what is really wrong."""

import asyncio
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import FreshDatabase
from tests.support.command_line import colophon

NOBODY_LISTENS = "postgresql://nobody@127.0.0.1:1/nothing"


def found(data: Path | None = None, settings: Mapping[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """The doctor's findings by check."""
    told = colophon("doctor", data=data, settings=settings)
    return {finding["check"]: finding for finding in json.loads(told.stdout)}


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    # when
    finding = found(tmp_path / "none" / "yet")["data folder"]
    # then
    assert finding["ok"]
    assert "colophon up" in finding["detail"]
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_stays_empty(tmp_path: Path) -> None:
    assert found(tmp_path)["data folder"]["ok"]
    assert list(tmp_path.iterdir()) == []


def test_somebody_elses_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    # given
    (tmp_path / "thesis.txt").write_text("mine")
    # when
    finding = found(tmp_path)["data folder"]
    # then
    assert not finding["ok"]
    assert "--data" in finding["remedy"]
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("url", [NOBODY_LISTENS, "postgresql://nobody@no-such-host.invalid/nothing"])
def test_a_database_that_does_not_answer_is_not_mended_by_migrating(url: str) -> None:
    # when
    settings = {"COLOPHON_DATABASE_URL": url, "COLOPHON_MASTER_KEY": secrets.token_hex(32)}
    finding = found(settings=settings)["database"]
    # then
    assert not finding["ok"]
    assert "does not answer" in finding["detail"]
    assert "PostgreSQL runs" in finding["remedy"]
    assert "COLOPHON_DATABASE_URL" in finding["remedy"]
    assert "migrate" not in finding["remedy"]
    assert url not in finding["detail"]


def test_an_embedded_one_that_died_is_mended_by_starting_it(tmp_path: Path) -> None:
    # given
    (tmp_path / ".colophon").touch()
    (tmp_path / "master.key").write_text(secrets.token_urlsafe(32))
    (tmp_path / "master.key").chmod(0o600)
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"1\n{tmp_path}\n1\n5432\n{tmp_path}\n")
    # when
    finding = found(tmp_path)["database"]
    # then
    assert not finding["ok"]
    assert "colophon up" in finding["remedy"]


async def test_a_database_that_was_never_set_up_is_mended_by_migrating(fresh_database: FreshDatabase) -> None:
    # given
    settings = {"COLOPHON_DATABASE_URL": await fresh_database(), "COLOPHON_MASTER_KEY": secrets.token_hex(32)}
    # when
    finding = (await asyncio.to_thread(found, settings=settings))["database"]
    # then
    assert not finding["ok"]
    assert "colophon migrate" in finding["remedy"]
