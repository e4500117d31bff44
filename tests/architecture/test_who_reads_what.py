"""One file reads the environment, one the clock, and nothing stops the event loop."""

import ast
from pathlib import Path

from tests.architecture.source_files import PACKAGES, ROOT, dotted, imported, mentioned, product, tree

ENVIRONMENT = frozenset({"os.environ", "os.environb", "os.getenv", "os.putenv", "os.getenvb"})
CLOCK = frozenset(
    {
        "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now",
        "datetime.datetime.utcnow", "datetime.date.today", "time.time", "time.time_ns", "time.localtime",
        "time.gmtime", "time.ctime", "time.strftime",
    }
)  # fmt: skip
BLOCKING = frozenset({"time.sleep", "requests", "urllib.request", "urllib.request.urlopen", "http.client", "urllib3"})
# What stands beside the packages in the root is importable by accident.
NEVER_IMPORTED = frozenset({"web", "docs", "bench", "examples", "deploy", "tests"})
# Work for all tenants at once: each place has a reason that is read in review.
LEAVE_THE_TENANT = frozenset(
    {
        "app/bootstrap.py:tenant_cards",
        "app/wiring/confidence.py:_everybody",
        "app/wiring/reviews.py:sweep",
        "infra/event_store/announcer.py:announce",
        "infra/event_store/archive_work.py:_tenants",
        "infra/event_store/feed.py:_ask",
        "infra/event_store/receipts.py:sweep",
        "infra/identity/passwords.py:_member",
        "infra/evidence/expiry.py:sweep",
        "infra/evidence/patrol.py:round",
        "infra/evidence/sealer.py:seal",
        "infra/evidence/signing.py:_load",
        "infra/evidence/work.py:finish_all",
        "infra/knowledge/tables.py:tenants_with_work",
        "infra/postgres/credentials.py:find",
        "infra/postgres/health.py:database_failures",
        "infra/postgres/health.py:keystore_failures",
        "infra/postgres/waiting_generations.py:first",
        "infra/postgres/waiting_turns.py:first",
    }
)


def readers(names: frozenset[str]) -> set[str]:
    return {path.as_posix() for path in product() if not names.isdisjoint(mentioned(path))}


def test_only_the_settings_read_the_environment() -> None:
    assert readers(ENVIRONMENT) <= {"app/settings.py"}
    assert readers(frozenset({"pydantic_settings"})) <= {
        "app/settings.py",
        "app/provider_settings.py",
        "app/limit_settings.py",
    }


def test_only_the_clock_reads_the_clock() -> None:
    assert readers(CLOCK) <= {"infra/clock.py"}


def test_nothing_blocks_the_event_loop() -> None:
    assert readers(BLOCKING) == set()


def test_the_domain_waits_for_nothing() -> None:
    waiting = [
        f"{path}:{node.lineno}"
        for path in product()
        if path.parts[0] == "domain"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith)
    ]
    assert waiting == []


def test_no_process_imports_what_stands_beside_the_packages() -> None:
    strays = [
        f"{path}: {name}" for path in product() for name in imported(path) if name.partition(".")[0] in NEVER_IMPORTED
    ]
    assert strays == []


def test_imports_are_absolute() -> None:
    relative = [
        str(path)
        for path in product()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_leaving_the_tenant_scope_is_rare_and_known() -> None:
    assert callers("every_tenant") == LEAVE_THE_TENANT


def callers(name: str) -> set[str]:
    """`file:function` of every call."""
    return {
        f"{path.as_posix()}:{function.name}"
        for path in product()
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == name
    }


def test_the_rules_can_see_what_they_forbid(tmp_path: Path) -> None:
    guilty = tmp_path / "guilty.py"
    guilty.write_text(
        "import os, time\nfrom datetime import datetime\nos.environ['A']; datetime.now(); time.sleep(1)\n"
    )
    assert guilty.is_absolute()
    seen = set(mentioned(ROOT / guilty))
    assert seen & ENVIRONMENT
    assert seen & CLOCK
    assert seen & BLOCKING
    assert len(PACKAGES) == len({path.parts[0] for path in product()})
