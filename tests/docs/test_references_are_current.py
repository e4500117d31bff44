"""Generated pages say what the code says."""

import pytest

from app.reference.errors import refusals
from app.reference.pages import ROOT, pages

PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == PAGES[name], "run `make docs`"


def test_every_refusal_says_what_it_is() -> None:
    wordless = [r.__name__ for classes in refusals().values() for r in classes if "__doc__" not in vars(r)]
    assert wordless == []


def test_every_command_shows_an_example() -> None:
    page = PAGES["docs/reference/cli.md"]
    assert page.count("\n$ colophon ") == page.count("\n## colophon ")
