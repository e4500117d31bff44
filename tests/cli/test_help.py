"""Every command explains itself with an example, and a wrong call says what is wrong."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from app.cli.main import app
from tests.support.command_line import loaded_by


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command that can be run, as the words that run it."""
    inner: dict[str, Any] = getattr(group, "commands", {})
    if not inner:
        yield path
    for name, command in inner.items():
        yield from commands(command, (*path, name))


COMMANDS = sorted(commands(typer.main.get_command(app)))
PROMISED = {
    ("up",), ("serve",), ("doctor",), ("migrate",), ("rebuild",), ("projections",), ("tenant", "create"),
    ("tenant", "list"), ("member", "add"), ("key", "create"), ("key", "list"), ("key", "revoke"), ("sign-in-link",),
    ("schema", "export"), ("openapi", "export"),
}  # fmt: skip


def test_everything_promised_is_there() -> None:
    assert set(COMMANDS) >= PROMISED


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_shows_an_example_of_the_command_itself(command: tuple[str, ...]) -> None:
    # when
    shown = CliRunner().invoke(app, [*command, "--help"])
    # then
    assert shown.exit_code == 0
    assert f"Example: colophon {' '.join(command)}" in " ".join(shown.stdout.split())


@pytest.mark.parametrize(("words", "exit_code"), [(["--help"], 0), (["audit", "--help"], 0), (["tenant", "create"], 2)])
def test_help_and_wrong_calls_load_nothing_that_works(words: list[str], exit_code: int) -> None:
    # when
    loaded = loaded_by(*words, exit_code=exit_code)
    # then
    assert "typer" in loaded
    of_the_web = {"fastapi", "starlette", "strawberry", "uvicorn"}
    of_the_log = {"alembic", "cryptography", "eventsourcing", "psycopg", "pycrdt", "redis", "sqlalchemy", "structlog"}
    assert loaded & (of_the_web | of_the_log | {"jinja2", "numpy", "pydantic_settings"}) == set()


def test_help_of_the_whole_lists_every_command() -> None:
    shown = CliRunner().invoke(app, ["--help"])
    assert shown.exit_code == 0
    assert [command for command in COMMANDS if command[0] not in shown.stdout] == []


@pytest.mark.parametrize(
    "wrong",
    [
        ["no-such-command"],
        ["tenant", "create"],
        ["tenant", "create", "acme", "--name", "Acme"],
        ["member", "add", "ana@acme.example", "--tenant", "acme", "--role", "emperor"],
        ["key", "create", "--tenant", "acme", "--member", "ana@acme.example", "--expires", "soon"],
        ["key", "revoke", "not-an-id", "--tenant", "acme"],
        ["serve", "--role", "emperor"],
        ["serve", "--workers", "0"],
        ["projections", "dance"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_ends_with_2_and_says_why(wrong: list[str]) -> None:
    # when
    told = CliRunner().invoke(app, wrong)
    # then
    assert told.exit_code == 2
    assert told.stdout == ""
    assert "Error" in told.stderr
