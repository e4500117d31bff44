"""What pages point to exists: files, headings, make targets, paths of the code."""

import re
from pathlib import Path

import pytest

from tests.architecture.source_files import PACKAGES, ROOT, ending

PAGES = [path for path in ending(".md") if path.parts[0] not in {"app", "web", "tests", "examples"}]
LINK = re.compile(r"\]\((?!https?:)(?P<path>[^)#\s]*)#?(?P<anchor>[^)\s]*)\)")
HEADING = re.compile(r"^#+ (?P<title>.+)$", re.MULTILINE)
TARGET = re.compile(r"`make (?P<name>[a-z-]+)")
# `folder/file.py`, in words or in a walk; patterns with <placeholders> are not paths.
CODE_PATH = re.compile(
    rf"(?<![\w/<.])(?P<path>(?:{'|'.join([*PACKAGES, 'tests', 'deploy'])})/[\w/.-]+\.(?:py|sql|ts|md))\b"
)

each_page = pytest.mark.parametrize("page", PAGES, ids=str)


@each_page
def test_a_link_leads_to_a_file_and_a_heading_that_exist(page: Path) -> None:
    lost = []
    for link in LINK.finditer((ROOT / page).read_text(encoding="utf-8")):
        target = (ROOT / page).parent / link["path"] if link["path"] else ROOT / page
        if not target.exists() or (link["anchor"] and link["anchor"] not in anchors(target)):
            lost.append(link.group())
    assert lost == []


@each_page
def test_a_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {found["name"] for found in TARGET.finditer((ROOT / page).read_text(encoding="utf-8"))}
    assert named - targets == set()


@each_page
def test_a_path_of_the_code_that_is_named_exists(page: Path) -> None:
    named = {found["path"] for found in CODE_PATH.finditer((ROOT / page).read_text(encoding="utf-8"))}
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as code hosts make them."""
    text = page.read_text(encoding="utf-8")
    titles = [heading["title"].lower() for heading in HEADING.finditer(text)]
    made = {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}
    return made | set(re.findall(r'<a id="([^"]+)"', text))
