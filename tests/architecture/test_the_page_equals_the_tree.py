"""docs/architecture.md draws the packages as they are: the same layers, the same rooms, no file that is not there."""

import re
import tomllib

from tests.architecture.source_files import ROOT, files

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = PYPROJECT["tool"]["importlinter"]
PACKAGES = frozenset(CONTRACTS["root_packages"])


def drawn() -> list[set[str]]:
    """The layers of the drawing, outermost first: the packages that each of its lines begins with."""
    layers = []
    for line in PAGE.split("```")[1].strip().splitlines():
        names = []
        for word in line.replace("|", " ").split():
            if word not in PACKAGES:
                break
            names.append(word)
        layers.append(set(names))
    return layers


def test_the_drawing_is_the_contract() -> None:
    (contract,) = (c for c in CONTRACTS["contracts"] if c["type"] == "layers")
    assert drawn() == [{name.strip() for name in layer.split("|")} for layer in contract["layers"]]


def test_every_package_has_its_paragraph_and_every_paragraph_its_package() -> None:
    rooms = set(re.findall(r"^### `(\w+)/`$", PAGE, re.MULTILINE))
    packages = {folder.name for folder in ROOT.iterdir() if (folder / "__init__.py").exists()} - {"bench", "tests"}
    assert rooms == packages == PACKAGES == set(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])


def test_no_file_is_named_that_is_not_there() -> None:
    named = set(re.findall(r"\b[\w/]+\.(?:py|sql|lua|yml)\b", PAGE))
    there = {path.as_posix() for path in files()}
    assert {name for name in named if not any(path == name or path.endswith(f"/{name}") for path in there)} == set()
