"""What commands print: one JSON document with --json, lines for people without; refusals on stderr."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any, NoReturn, TypeVar
from uuid import UUID

import typer

from commands.event_log import LogUnavailable
from domain.errors import DomainError
from infra.start_refused import StartRefused

T = TypeVar("T")
LoopFactory = Callable[[], asyncio.AbstractEventLoop]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

REFUSALS = (StartRefused, DomainError, LogUnavailable)
"""What a person can act on; anything else is a bug and shows its traceback."""


def run(work: Coroutine[Any, Any, T], *, loop_factory: LoopFactory | None = None) -> T:
    """Run to the end; a refusal is one sentence on stderr and exit code 1."""
    with refusing(), asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(work)


@contextmanager
def refusing() -> Iterator[None]:
    """Make a refusal one sentence on stderr and exit code 1."""
    try:
        yield
    except REFUSALS as refusal:
        refused(str(refusal))
    except Exception as error:
        if not _database_is_away(error):
            raise
        # The driver's own words name hosts and users, and sometimes repeat the whole address.
        refused("The database does not answer or refuses us. `colophon doctor` says what to look at.")


def refused(sentence: str) -> NoReturn:
    """Say why on stderr and end with exit code 1."""
    typer.secho(sentence, fg=typer.colors.RED, err=True)
    raise typer.Exit(1) from None


def show(document: object, *, as_json: bool, lines: list[str]) -> None:
    """Print the document, or the lines that say the same to a person."""
    if as_json:
        typer.echo(json.dumps(document, default=_plain, indent=2 if sys.stdout.isatty() else None))
    else:
        for line in lines:
            typer.echo(line)


def table(rows: list[dict[str, Any]], columns: list[str]) -> list[str]:
    """Return aligned lines under a heading; a sentence when there are no rows."""
    if not rows:
        return ["(none)"]
    cells = [[str(row[c]) if row[c] is not None else "-" for c in columns] for row in rows]
    widths = [max(len(c), *(len(line[i]) for line in cells)) for i, c in enumerate(columns)]
    return [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in [columns, *cells]
    ]


def _database_is_away(error: Exception) -> bool:
    """Tell whether it does not answer or refuses us, and no more than that is the matter."""
    import psycopg
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, DBAPIError):
        return isinstance(error.orig, psycopg.OperationalError | OSError)
    return isinstance(error, psycopg.OperationalError)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"not JSON: {type(value).__name__}")
