"""Every refusal as a page: what a client's program can branch on."""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator

from api.live.closing import CloseCode
from api.problems import OF_DELIVERY, status_of
from domain.errors import DomainError

PACKAGES = ("domain", "tenancy", "commands", "projections", "infra", "api", "app")
HEADER = """# Errors

Every error of the REST API is a problem (RFC 9457, `application/problem+json`): `type` is `/problems/<code>`, a name
that leads to the section of that code here; `code`, `request_id` and the facts of the refusal stand beside it. GraphQL
answers the same refusals of mutations in `userErrors`, with the code in `problem`. Another tenant's object is not
found, never forbidden.

*This page is written by `make docs` from the code.*
"""
_OF_HTTP = """
<a id="http"></a>

## http.*

Everything else that HTTP knows, as in `http.not_found` for an unknown path. Status as named.
"""
_CLOSED = """
## Closing a live connection

WebSocket close codes of `/collab/{document_id}` and `/hocuspocus`. Codes from 4400 to 4499 are permanent but for 4408:
do not reconnect as you are. The others are worth another try.

| code | name |
|---|---|
"""


def errors_page() -> str:
    """Return the page."""
    sections = [_section(code, classes) for code, classes in sorted(refusals().items())]
    sections += [_written(code, told.status, told.meaning, told.facts) for code, told in OF_DELIVERY.items()]
    closing = "".join(f"| {int(code)} | {code.name.lower().replace('_', ' ')} |\n" for code in sorted(CloseCode))
    return HEADER + "".join(sections) + _OF_HTTP + _CLOSED + closing


def refusals() -> dict[str, list[type[DomainError]]]:
    """Return every concrete refusal by its code."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    found: dict[str, list[type[DomainError]]] = {}
    for refusal in _below(DomainError):
        if "code" in vars(refusal):
            found.setdefault(refusal.code, []).append(refusal)
    return found


def _below(parent: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in parent.__subclasses__():
        yield child
        yield from _below(child)


def _section(code: str, classes: list[type[DomainError]]) -> str:
    said = " ".join(dict.fromkeys(inspect.getdoc(refusal) or "" for refusal in classes))
    facts = tuple(dict.fromkeys(fact for refusal in classes for fact in _facts(refusal)))
    # The status is that of the class; no refusal is made for it.
    return _written(code, status_of(classes[0]), said, facts)


def _written(code: str, status: int, said: str, facts: tuple[str, ...]) -> str:
    given = f" Facts: {', '.join(f'`{fact}`' for fact in facts)}." if facts else ""
    return f'\n<a id="{code}"></a>\n\n## {code}\n\nStatus {int(status)}. {said}{given}\n'


def _facts(refusal: type[DomainError]) -> list[str]:
    """Return the names in the dictionary that `facts` answers."""
    body = ast.parse(textwrap.dedent(inspect.getsource(refusal.facts)))
    answers = [node.value for node in ast.walk(body) if isinstance(node, ast.Return)]
    return [
        str(key.value) for d in answers if isinstance(d, ast.Dict) for key in d.keys if isinstance(key, ast.Constant)
    ]
