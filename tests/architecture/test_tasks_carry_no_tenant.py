"""A task that outlives whoever began it does not carry their tenant: it is begun in a context of its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source_files import dotted, product, tree

# What begins something that runs later, with a copy of the context of whoever began it.
BEGINS = frozenset({"create_task", "ensure_future", "run_coroutine_threadsafe", "call_later", "call_at"})
OWN_CONTEXT = "Context()"
# Each belongs to one tenant from its beginning to its end, and ends with what it belongs to.
OF_ONE_TENANT = {
    "api/graphql/socket.py:run": "reads one caller's socket, cancelled with it",
    "api/live/together.py:until_one_ends": "the ways of one client of one member, cancelled with it",
    "app/web_socket.py:run_asgi": "closes one peer's line after a grace; no work of a tenant",
    "assistants/turns.py:_listen": "waits inside one turn, in the context of its listener, which is empty",
    "gateway/attempts/hedge.py:first_to_begin": "both legs of one call, which ends them",
    "gateway/door.py:stream": "one call, settled for whoever asked; the other ends with the caller",
    "infra/event_store/recorder.py:_wait": "the caller's own thread waits for it",
    "infra/event_store/recorder.py:watch": "follows the log of the one tenant that the recorder is of",
}


def begun(path: Path) -> Iterator[tuple[str, bool]]:
    """The innermost function around each task that a file begins, and whether the task has a context of its own."""
    yield from _begun(tree(path), "module")


def _begun(node: ast.AST, function: str) -> Iterator[tuple[str, bool]]:
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(child, ast.Call) and _called(child) in BEGINS:
            yield function, any(k.arg == "context" and ast.unparse(k.value) == OWN_CONTEXT for k in child.keywords)
        yield from _begun(child, inside)


def _called(call: ast.Call) -> str:
    """Also where the object is itself the outcome of a call, as the running loop is."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)


def without_a_context() -> set[str]:
    return {f"{path.as_posix()}:{function}" for path in product() for function, has_own in begun(path) if not has_own}


def test_a_task_has_a_context_of_its_own_or_a_reason() -> None:
    assert without_a_context() == OF_ONE_TENANT.keys()


@pytest.mark.parametrize(
    ("code", "has_own"),
    [
        ("asyncio.create_task(work())", False),
        ("asyncio.get_running_loop().create_task(work())", False),
        ("tasks.create_task(work(), context=copy_context())", False),
        ("[create_task(work()) for work in works]", False),
        ("asyncio.create_task(work(), context=Context())", True),
    ],
)
def test_the_rule_sees_how_a_task_is_begun(tmp_path: Path, code: str, *, has_own: bool) -> None:
    file = tmp_path / "begins.py"
    file.write_text(f"async def begins():\n    {code}\n")
    assert list(begun(file)) == [("begins", has_own)]
