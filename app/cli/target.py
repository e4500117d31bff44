"""The Colophon that a command acts on, loaded when it acts."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.loading import loading

if TYPE_CHECKING:
    from app.bootstrap import Colophon
    from app.operator import Operator

DataDir = Annotated[
    Path | None,
    typer.Option("--data", help="Data folder of the embedded Colophon; default: the one `up` uses."),
]


def opened(data_dir: Path | None) -> "AbstractAsyncContextManager[Colophon]":
    """Open it for one command: appends and reads, no projections, no server."""
    with loading():
        from app import target

    return target.opened(data_dir)


@asynccontextmanager
async def operator(data_dir: Path | None) -> "AsyncIterator[Operator]":
    """Open it as its operator."""
    async with opened(data_dir) as colophon:
        from app.operator import Operator

        yield Operator(colophon)
