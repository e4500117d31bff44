"""What `colophon doctor` looks at, and how each problem is mended."""

import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app.bootstrap import Colophon, build
from app.installation import STATIC_FOLDER
from app.settings import Settings, SettingsRefused, unknown_variables
from app.target import NothingToActOn, target
from infra.data_folder import look_at_data_folder
from infra.event_store.key_wrapping import WrongMasterKey
from infra.logging import configure_logging
from infra.redis.connections import connect
from infra.redis.fanout import RedisFanout
from infra.start_refused import StartRefused
from tenancy.context import current_context_or_none

PYTHON_MIN = (3, 11)
CONNECT_SECONDS_MAX = 5

_SILENT_REMEDY = "Check that PostgreSQL runs and that COLOPHON_DATABASE_URL leads to it."
_EMBEDDED_REMEDY = "Its process has ended without tidying up: start it again with `colophon up`."
_NOT_SET_UP_REMEDY = (
    "Run `colophon migrate`; where that was done before, set COLOPHON_MASTER_KEY to the key that it was done with."
)

_REMEDIES = {
    "clock": "Let NTP set the clocks of this machine and of the database's.",
    "keystore": "Check that the PostgreSQL of COLOPHON_KEYSTORE_URL runs, and that `colophon migrate` was run with it.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: `remedy` says what to do when it is not ok."""

    check: str
    ok: bool
    detail: str
    remedy: str = ""

    def as_row(self) -> dict[str, object]:
        return asdict(self)

    def line(self) -> str:
        mark = "ok  " if self.ok else "FAIL"
        remedy = f"\n      -> {self.remedy}" if self.remedy and not self.ok else ""
        return f"{mark}  {self.check}: {self.detail}{remedy}"


async def diagnose(data_dir: Path | None) -> list[Finding]:
    """Return every finding; nothing is changed."""
    findings = [_python(), _web_app(), *_variables()]
    try:
        settings = Settings.load(data_dir=data_dir)
    except SettingsRefused as refused:
        return [
            *findings,
            Finding("settings", False, str(refused), "Correct the variable in the environment or .env."),
        ]
    findings.append(Finding("settings", True, "readable"))
    findings.append(_providers(settings))
    findings.append(_data_folder(settings))
    findings.extend(await _database(data_dir))
    if settings.redis is not None:
        findings.append(await _redis(settings.redis))
    return findings


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info >= PYTHON_MIN, found, "Install Python 3.11 or later.")


def _web_app() -> Finding:
    built = (STATIC_FOLDER / "index.html").is_file()
    return Finding("web app", built, "built" if built else "not built", "Run `make web`.")


def _variables() -> list[Finding]:
    return [
        Finding(
            "settings",
            False,
            f"{name} is not a setting",
            f"Did you mean {meant}?" if meant else "Remove it; see docs/reference/settings.md.",
        )
        for name, meant in unknown_variables().items()
    ]


def _providers(settings: Settings) -> Finding:
    try:
        names = [account.name for account in settings.providers.all()]
    except StartRefused as refused:
        return Finding("providers", False, str(refused), "See docs/how-to/connect-providers.md.")
    return Finding("providers", True, ", ".join(["local", *names]))


def _data_folder(settings: Settings) -> Finding:
    if settings.database_url is not None:
        return Finding("data folder", True, "not used: COLOPHON_DATABASE_URL is set")
    try:
        there = look_at_data_folder(settings.data_dir)
    except StartRefused as refused:
        return Finding("data folder", False, str(refused), "Choose another with --data DIR or COLOPHON_DATA_DIR.")
    missing = "" if there else " is not there yet: `colophon up` makes it"
    return Finding("data folder", True, f"{settings.data_dir}{missing}")


async def _database(data_dir: Path | None) -> list[Finding]:
    try:
        found = target(data_dir)
    except NothingToActOn:
        return [Finding("database", True, "embedded, not running: `colophon up` starts it")]
    except StartRefused as refused:
        return [Finding("database", False, str(refused))]
    if (silent := await _silent(found.database_url)) is not None:
        embedded = found.settings.database_url is None or data_dir is not None
        return [Finding("database", False, silent, _EMBEDDED_REMEDY if embedded else _SILENT_REMEDY)]
    # Stdout is the findings'; what the house says while it looks goes beside them.
    configure_logging("warning", stream=sys.stderr, context=current_context_or_none)
    try:
        colophon = build(await found.installation())
    except WrongMasterKey as wrong:
        return [_wrong_key(wrong)]
    try:
        failures = await colophon.platform.health.failures()
        findings = [
            Finding(name, False, what, _REMEDIES.get(name, _NOT_SET_UP_REMEDY)) for name, what in failures.items()
        ]
        if not failures:
            findings.append(Finding("database", True, "answers, and its schema is the one of this version"))
            await colophon.keyring.check_master_key()
            findings.append(await _master_key(colophon, found.settings))
            findings.append(await _logs(colophon))
            findings.append(await _archive(colophon))
    except WrongMasterKey as wrong:
        findings.append(_wrong_key(wrong))
    except (OSError, SQLAlchemyError, psycopg.Error) as error:
        findings = [Finding("database", False, type(error).__name__, _SILENT_REMEDY)]
    finally:
        await colophon.stop()
    return findings


def _wrong_key(wrong: WrongMasterKey) -> Finding:
    return Finding("master key", False, str(wrong), "Set COLOPHON_MASTER_KEY to the right one.")


async def _master_key(colophon: Colophon, settings: Settings) -> Finding:
    """A former key that is kept longer than an exchange takes opens and signs as well as the present one."""
    if settings.master_keys is None or settings.master_keys.other is None:
        return Finding("master key", True, "opens the keystore")
    if len(await colophon.key_rotation.master_keys()) > 1:
        return Finding("master key", True, "one is being exchanged for another: both open the keystore")
    return Finding(
        "master key",
        False,
        "COLOPHON_MASTER_KEY_FORMER is set, and nothing is under a second key",
        "Before an exchange give `colophon keys rotate-master`; after it start every process without the former key, "
        "and then give the command once more.",
    )


async def _logs(colophon: Colophon) -> Finding:
    """Read every signed log from its beginning: the one check that takes as long as there are events."""
    await colophon.evidence.patrol.round()
    rewritten = colophon.evidence.findings.by_tenant
    detail = "; ".join(f"{tenant_id}: {what}" for tenant_id, what in rewritten.items())
    remedy = "Somebody changed the database around Colophon: keep it as it is, and compare with backups and reports."
    return Finding("audit log", not rewritten, detail or "every log is what was signed of it", remedy)


async def _archive(colophon: Colophon) -> Finding:
    """Read every archived segment."""
    await colophon.archive.inspect()
    detail = " ".join(colophon.archive.findings.by_segment.values())
    remedy = "Put the files back from a backup of the folder `blobs`; nothing of them is anywhere else."
    return Finding("archive", not detail, detail or "every archived segment is what was written", remedy)


async def _silent(database_url: str) -> str | None:
    """Return why the database cannot be reached at all; None when it answers its administrator."""
    try:
        async with await psycopg.AsyncConnection.connect(database_url, connect_timeout=CONNECT_SECONDS_MAX):
            return None
    except (OSError, psycopg.Error) as error:
        # Not the driver's own words: they repeat the address.
        return f"does not answer ({type(error).__name__})"


async def _redis(url: str) -> Finding:
    fanout = RedisFanout(connect(url), is_shared=True)
    try:
        failure = await fanout.failure()
    finally:
        await fanout.close()
    return Finding("redis", failure is None, failure or "answers", "Check COLOPHON_REDIS_URL.")
