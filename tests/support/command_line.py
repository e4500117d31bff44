"""`colophon` commands, run in this process: what they print, say on stderr and end with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from app.cli.main import app


@dataclass(frozen=True, slots=True)
class Told:
    """What a command left on the terminal."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        assert self.exit_code == 0, self.stderr
        return json.loads(self.stdout)


def colophon(
    *arguments: str, data: Path | None = None, as_json: bool = True, settings: Mapping[str, str] | None = None
) -> Told:
    """Run a command; `settings` are environment variables."""
    options = ["--data", str(data)] if data is not None else []
    result = CliRunner().invoke(app, [*arguments, *options, *(["--json"] if as_json else [])], env=settings)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Told(result.exit_code, result.stdout, result.stderr)
