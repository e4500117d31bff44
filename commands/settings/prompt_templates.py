"""Which Jinja templates a prompt may be: text, the known variables, conditions and loops; nothing that computes."""

from collections.abc import Iterator
from typing import Final

from jinja2 import TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

from domain.settings.decisions import SettingRefused
from domain.settings.definition import Definition
from domain.settings.prompts import VARIABLES

# A template runs in the gateway of every tenant: no call, no arithmetic, no filter that could make much of little.
_ALLOWED: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const, nodes.For,
    nodes.If, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.Concat,
)  # fmt: skip
_FILTERS: Final = frozenset(
    {"capitalize", "default", "first", "join", "last", "length", "lower", "title", "trim", "upper"}
)
_LOOPS_WITHIN_EACH_OTHER_MAX = 2

_ENVIRONMENT: Final = SandboxedEnvironment()


def require_template(definition: Definition, text: str) -> None:
    """Raise SettingRefused for a template that does not parse or does what no prompt needs. CPU-bound."""
    try:
        parsed = _ENVIRONMENT.parse(text)
        problem = next(_problems(parsed, frozenset(VARIABLES), 0), None)
    except (TemplateError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        problem = f"it cannot be read{f' (line {line})' if line else ''}"
    if problem is not None:
        raise SettingRefused(definition, f"This is not a template for a prompt: {problem}.")


def _problems(node: nodes.Node, known: frozenset[str], loops: int) -> Iterator[str]:
    if not isinstance(node, _ALLOWED):
        yield f"line {node.lineno} does more than show text"
    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in known:
        yield f"line {node.lineno} speaks of something that it is not given; it is given {', '.join(sorted(VARIABLES))}"
    if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        yield f"line {node.lineno} uses a filter other than {', '.join(sorted(_FILTERS))}"
    if isinstance(node, nodes.For):
        loops += 1
        known |= {"loop", *(name.name for name in node.find_all(nodes.Name) if name.ctx == "store")}
        if loops > _LOOPS_WITHIN_EACH_OTHER_MAX:
            yield f"line {node.lineno} is one loop too deep"
    for child in node.iter_child_nodes():
        yield from _problems(child, known, loops)
