"""Each direct dependency has its sentence in decision 6, and each sentence its dependency."""

import re
import tomllib

from tests.architecture.source_files import ROOT

PAGE = ROOT / "docs" / "decisions" / "0006-dependencies.md"
ROW = re.compile(r"^\| `(?P<name>[\w.-]+)` \| (?P<reason>.+) \|$", re.MULTILINE)
NAME = re.compile(r"[\w.-]+")
REASON_CHARACTERS_MIN = 10


def wanted() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    return {found.group().lower() for group in groups for requirement in group if (found := NAME.match(requirement))}


def explained() -> dict[str, str]:
    return {row["name"]: row["reason"] for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))}


def test_every_dependency_has_a_reason() -> None:
    assert wanted() - explained().keys() == set(), f"write a sentence about it in {PAGE.name}"


def test_no_reason_outlives_its_dependency() -> None:
    assert explained().keys() - wanted() == set()


def test_a_reason_is_a_sentence() -> None:
    assert [
        name for name, why in explained().items() if len(why) < REASON_CHARACTERS_MIN or not why.endswith(".")
    ] == []
