"""Files stay small, say what they are in one sentence, and are finished."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source_files import PACKAGES, ROOT, dotted, ending, product, texts, tree

LINES_MAX = 250
# A file that has to be longer stands here with its reason.
LONGER: dict[str, str] = {
    "infra/evidence/verify.py": "one file by itself: an auditor reads it and runs it without anything else of ours",
}
CODE = (".py", ".sql", ".ts", ".tsx", ".css", ".sh")
# Written in pieces, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|Not" + r"ImplementedError")
DECLARED_ONLY = frozenset({"overload", "typing.overload", "abstractmethod", "abc.abstractmethod"})


def test_no_file_is_longer_than_the_ceiling() -> None:
    lengths = {path.as_posix(): len((ROOT / path).read_bytes().splitlines()) for path in ending(*CODE)}
    too_long = {name: lines for name, lines in lengths.items() if lines > LINES_MAX and name not in LONGER}
    assert too_long == {}
    assert {name for name in LONGER if lengths.get(name, 0) <= LINES_MAX} == set(), "no longer an exception"


def test_every_python_file_says_in_one_sentence_what_it_is() -> None:
    wordless = [str(path) for path in ending(".py") if not is_one_sentence(ast.get_docstring(tree(path)))]
    assert wordless == []


def is_one_sentence(docstring: str | None) -> bool:
    return docstring is not None and docstring.endswith((".", "?", "!")) and "\n\n" not in docstring


def test_every_package_folder_is_a_package() -> None:
    folders = {path.parent for path in product() if "migrations" not in path.parts}
    assert [str(folder) for folder in folders if not (ROOT / folder / "__init__.py").exists()] == []
    assert all((ROOT / name / "__init__.py").exists() for name in PACKAGES)


def test_an_init_file_holds_nothing_but_its_sentence() -> None:
    crowded = [str(path) for path in product() if path.name == "__init__.py" and not holds_only_a_docstring(tree(path))]
    assert crowded == []


def holds_only_a_docstring(module: ast.Module) -> bool:
    return len(module.body) == 1 and isinstance(module.body[0], ast.Expr)


def test_nothing_is_marked_as_unfinished() -> None:
    marked = [
        f"{path}:{number}"
        for path, text in texts()
        if path.suffix not in {".lock", ".json", ".svg"}
        for number, line in enumerate(text.splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert marked == []


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_no_function_is_a_stub(package: str) -> None:
    stubs = [
        f"{path}:{function.lineno} {function.name}"
        for path in product()
        if path.parts[0] == package
        for function in written_functions(path)
        if is_empty(function)
    ]
    assert stubs == []


def written_functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions with a body to write: those of Protocols and overloads only declare."""
    declared = {
        id(function)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases)
        for function in ast.walk(node)
    }
    return [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and id(node) not in declared
        and DECLARED_ONLY.isdisjoint(dotted(decorator) for decorator in node.decorator_list)
    ]


def is_empty(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it does nothing without saying why."""
    return all(isinstance(node, ast.Pass) or is_ellipsis(node) for node in function.body)


def is_ellipsis(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is Ellipsis
