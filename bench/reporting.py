"""How a run is kept and told: its figures in a file, its page where it is wanted, and the promised last line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

Figures = dict[str, Any]


class Page(Protocol):
    """The module that makes a page of a run's figures."""

    RESULTS: Path
    PAGE: Path

    @property
    def rendered(self) -> Callable[[Figures], str]: ...


def report(page: Page, results: Figures, promised: Figures, *, write: bool) -> None:
    """Keep the figures, print the page, and last, in one line, what the run promises; write the page if wanted."""
    page.RESULTS.parent.mkdir(parents=True, exist_ok=True)
    page.RESULTS.write_text(json.dumps(results, indent=2))
    text = page.rendered(results)
    if write:
        page.PAGE.parent.mkdir(parents=True, exist_ok=True)
        page.PAGE.write_text(text)
    print(text)
    print(json.dumps(promised))
