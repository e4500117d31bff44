"""Our names are ours alone, stored names are not Python's, and no file knows where it was written."""

import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.source_files import PACKAGES, ROOT, ending, texts

EVENT_NAME = re.compile(r"[a-z_]+(\.[a-z_]+)+\.v[1-9]\d*")
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")
ADDRESS = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|file:")
# Written in pieces, so that this file does not find itself.
REGISTRY = re.compile(
    "|".join(("pypi" + r"\.org", "python" + r"hosted\.org", "npm" + r"js\.(?:org|com)", "deb" + r"ian\.org"))
)
MACHINE = re.compile(
    "|".join(
        (
            "(?<![\\w.])/wo" + "rk/",
            "(?<![\\w.])/ro" + "ot/\\w",
            "(?<![\\w.])/t" + "mp/w/",
            "shared/(?:des" + "ign|rese" + "arch)",
        )
    )
)


def test_no_installed_distribution_claims_one_of_our_packages() -> None:
    claimed = {
        name: distributions
        for name, distributions in packages_distributions().items()
        if name in PACKAGES and set(distributions) != {"colophon"}
    }
    assert claimed == {}
    assert sys.stdlib_module_names.isdisjoint(PACKAGES)


def test_stored_event_names_are_ours_and_hold_no_python_path() -> None:
    catalogue = pytest.importorskip("domain.catalogue")
    assert catalogue.EVENTS
    for name, event in catalogue.EVENTS.items():
        assert EVENT_NAME.fullmatch(name), name
        assert event.__module__ not in name
        assert event.__qualname__ not in name
        assert name.partition(".")[0] not in PACKAGES


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_by_hash_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert ADDRESS.search(text) is None
    assert len(pins(lock)) <= text.count("--hash=sha256:")


def test_what_runs_is_what_was_tested() -> None:
    tested = pins("requirements-dev.lock")
    for lock in ("requirements.lock", "requirements-build.lock"):
        assert pins(lock).items() <= tested.items(), f"{lock} differs; run `make lock`"


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / lock).read_text(), flags=re.MULTILINE))


def test_the_web_lock_names_no_address() -> None:
    locks = [path for path in ending(".json") if path.name == "package-lock.json"]
    assert [str(path) for path in locks if '"resolved"' in (ROOT / path).read_text()] == []


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE], ids=["registry hosts", "machine paths"])
def test_no_file_knows_where_it_was_written(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path}:{number}"
        for path, text in texts()
        if path != Path("web/package-lock.json")
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []
