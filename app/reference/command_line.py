"""The command line as a page, from the commands themselves."""

from collections.abc import Iterator

import typer
from typer.core import TyperCommand, TyperGroup

from app.cli.main import app

PROGRAM = "colophon"
HEADER = """# Command line

`colophon --help` says the same. Exit codes: 0 done, 1 refused or failed (the reason on standard error), 2 wrong usage.
With `--json` a command prints one JSON document on standard output.

A command acts on the database in `COLOPHON_DATABASE_URL`; without one, on the running Colophon of the data folder.

*This page is written by `make docs` from `app/cli`.*
"""


def command_line_page() -> str:
    """Return the page."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return HEADER + "".join(_section(name, command) for name, command in _commands(PROGRAM, group))


def _commands(called: str, group: TyperGroup) -> Iterator[tuple[str, TyperCommand]]:
    context = typer.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, TyperGroup):
            yield from _commands(f"{called} {name}", command)
        elif isinstance(command, TyperCommand):
            yield f"{called} {name}", command


def _section(called: str, command: TyperCommand) -> str:
    example = (command.epilog or "").removeprefix("Example: ")
    records = [record for p in command.params if (record := p.get_help_record(typer.Context(command)))]
    rows = "".join(f"| `{name.replace('|', ', ')}` | {said} |\n" for name, said in records)
    given = f"| given | what it means |\n|---|---|\n{rows}" if rows else ""
    return f"\n## {called}\n\n{command.help}\n\n```console\n$ {example}\n```\n\n{given}".rstrip() + "\n"
