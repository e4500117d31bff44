"""Each yes in the matrix of clients has its test, and each version is the one that is tested."""

import ast
import json
import re

from tests.architecture.source_files import ROOT

PAGE = ROOT / "docs" / "reference" / "clients.md"
TEXT = PAGE.read_text(encoding="utf-8")
LINK = re.compile(r'\]\((?P<file>[^) ]+) "(?P<test>\w+)"\)')
CLIENT = re.compile(r"`(?P<name>[@\w./-]+)` (?P<version>\d[\w.]*)")


def installed() -> set[tuple[str, str]]:
    """Names and versions that the locks install."""
    found = set(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements-dev.lock").read_text(), flags=re.MULTILINE))
    for folder in ("web", "examples/js"):
        package = json.loads((ROOT / folder / "package.json").read_text())
        for name, version in {**package["dependencies"], **package.get("devDependencies", {})}.items():
            # One that stands beside another version of itself: "npm:@hocuspocus/provider@3.4.4".
            *_, origin = version.rpartition("npm:")
            there, _, number = origin.rpartition("@")
            found.add((there or name, number))
    return found


def test_each_version_is_the_one_that_is_tested() -> None:
    named = {(client["name"], client["version"]) for client in CLIENT.finditer(TEXT)}
    assert len(named) > 1
    assert named - installed() == set()


def test_each_yes_names_a_test() -> None:
    links = {(link["file"], link["test"]) for link in LINK.finditer(TEXT)}
    assert TEXT.count("[yes](") > 1
    assert TEXT.count("](../../tests/") == len(LINK.findall(TEXT))
    assert [(file, name) for file, name in links if name not in functions_of(file)] == []


def functions_of(file: str) -> set[str]:
    module = ast.parse((PAGE.parent / file).read_text(encoding="utf-8"))
    return {node.name for node in module.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_each_file_of_interoperability_tests_is_in_it() -> None:
    files = {f"../../{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "tests" / "interop").glob("test_*.py")}
    assert files - {link["file"] for link in LINK.finditer(TEXT)} == set()
