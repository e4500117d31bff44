"""`colophon` commands, mostly run in this process: what they print, say on stderr and end with."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from app.cli.main import app
from tests.support.up import COLOPHON, START_SECONDS_MAX

SERVING = frozenset({"up", "serve"})
"""They set up the log of their whole process, which here is that of the tests."""
LIST_WHAT_WAS_LOADED = """
import sys
from app.cli.main import main
try:
    main()
finally:
    names = {name.partition(".")[0] for name in sys.modules}
    sys.stderr.write("\\n" + " ".join(sorted(names)))
"""


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
    words = [*arguments, *(["--data", str(data)] if data is not None else []), *(["--json"] if as_json else [])]
    if arguments[0] in SERVING:
        return _in_a_process_of_its_own(words, settings or {})
    result = CliRunner().invoke(app, words, env=settings)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Told(result.exit_code, result.stdout, result.stderr)


def loaded_by(*arguments: str, exit_code: int = 0) -> frozenset[str]:
    """The top-level packages that a process has loaded when it has run the command."""
    command = [sys.executable, "-c", LIST_WHAT_WAS_LOADED, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS_MAX, check=False)
    assert done.returncode == exit_code, done.stderr
    return frozenset(done.stderr.splitlines()[-1].split())


def _in_a_process_of_its_own(words: list[str], settings: Mapping[str, str]) -> Told:
    environment = {**os.environ, **settings}  # noqa: TID251  # handed on
    command = [str(COLOPHON), *words]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=START_SECONDS_MAX, check=False
    )
    return Told(done.returncode, done.stdout, done.stderr)
