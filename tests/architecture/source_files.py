"""The files that the rules are about."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = frozenset(
    {
        "api",
        "app",
        "assistants",
        "commands",
        "domain",
        "gateway",
        "infra",
        "knowledge",
        "projections",
        "prompts",
        "tenancy",
    }
)
# Built, installed or copied from elsewhere: nobody edits it here.
NOT_OURS = ("app/static/", "web/node_modules/", "web/dist/", ".venv/")


@cache
def files() -> tuple[Path, ...]:
    """Everything that is or would be committed, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        # An unpacked archive has no history; then everything below counts.
        listed = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file()]
    ours = (name for name in listed if not name.startswith(NOT_OURS) and "/." not in f"/{name}".removeprefix("/."))
    return tuple(Path(name) for name in sorted(set(ours)) if (ROOT / name).is_file())


def ending(*suffixes: str) -> tuple[Path, ...]:
    return tuple(path for path in files() if path.suffix in suffixes)


def texts() -> Iterator[tuple[Path, str]]:
    """Every file that is text, with what it says."""
    for path in files():
        try:
            yield path, (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def product() -> tuple[Path, ...]:
    """The Python files that run in a process of ours."""
    return tuple(path for path in ending(".py") if path.parts[0] in PACKAGES)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


def dotted(node: ast.AST) -> str:
    """`os.path.join` for the expression that says so, else nothing."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name) if prefix := dotted(value):
            return f"{prefix}.{name}"
        case _:
            return ""


def imported(path: Path) -> Iterator[str]:
    """Every module and name that the file imports, dotted."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def mentioned(path: Path) -> Iterator[str]:
    """Every dotted name that the file reads or imports."""
    yield from imported(path)
    yield from filter(None, (dotted(node) for node in ast.walk(tree(path))))
