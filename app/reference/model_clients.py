"""What the stock clients of model providers can do here, as a page: each row is a test, and says no more than it."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests" / "model_clients"
CLIENTS: Final[Mapping[str, tuple[str, str]]] = {
    "openai": ("OpenAI", "/v1/chat/completions"),
    "anthropic": ("Anthropic", "/v1/messages"),
}

HEADER: Final = """# Clients of model providers

What the stock Python SDKs of OpenAI and Anthropic can do against Colophon's gateway: `base_url` is Colophon's address
(with `/v1` for OpenAI's), `api_key` the key of a member who may use AI. Models of every provider are asked through
either. Each row is a test that drives the SDK itself; a parameter that is not taken is refused with 400 and its name.
[How to ask](../how-to/ask-with-an-openai-client.md).

*This page is written by `make docs` from `tests/model_clients/`.*
"""

_HEAD: Final = "| | what works | parameters |\n|---|---|---|\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a test shows."""

    area: str
    what: str
    parameters: str
    file: str
    test: str


def model_clients_page() -> str:
    """Return the page."""
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    parts = [HEADER]
    for client, (company, address) in CLIENTS.items():
        version = re.search(rf"^{client}(?:\[\w+\])?==(\S+)", lock, flags=re.MULTILINE)
        assert version is not None
        parts.append(f"\n## `{client}` {version[1]}: {company}'s, at `{address}`\n\n{_HEAD}")
        parts += [_row(shown) for shown in sorted(_shown_by(client), key=_order)]
    return "".join(parts)


def _order(shown: Shown) -> int:
    return ("Text", "Tools", "Forms", "Embeddings", "Models", "Cost", "Errors").index(shown.area)


def _row(shown: Shown) -> str:
    link = f'../../tests/model_clients/{shown.file} "{shown.test}"'
    return f"| {shown.area} | [{shown.what}]({link}) | {shown.parameters} |\n"


def _shown_by(client: str) -> Iterator[Shown]:
    for path in sorted(TESTS.glob(f"test_{client}_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
                for said in _marks(node):
                    area, what, parameters = said
                    yield Shown(area=area, what=what, parameters=parameters, file=path.name, test=node.name)


def _marks(test: ast.AsyncFunctionDef | ast.FunctionDef) -> Iterator[list[str]]:
    for mark in test.decorator_list:
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == "shows":
            yield [str(ast.literal_eval(one)) for one in mark.args]
