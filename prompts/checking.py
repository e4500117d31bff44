"""Which Jinja templates a prompt may be: text, declared variables, conditions, short loops; nothing that computes."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from jinja2 import TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

from domain.template.content import GIVEN_LISTS, GIVEN_TEXTS, TemplateContent, Variable, VariableType, VariableValue
from domain.template.limits import LIST_ITEMS_MAX
from prompts.rendering import CannotRender, rendered

# A template runs in the gateway: no call, no arithmetic, no filter that could make much of little.
_ALLOWED: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const, nodes.For,
    nodes.If, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip
_FILTERS: Final = frozenset(
    {"capitalize", "default", "first", "join", "last", "length", "lower", "title", "trim", "upper"}
)
_TESTS: Final = frozenset({"defined", "undefined", "none", "number", "string", "eq", "ne", "in", "true", "false"})
LOOPS_MAX = 10
LOOPS_WITHIN_EACH_OTHER_MAX = 2
_NONCE: Final = "0" * 12
_RAW: Final = re.compile(r"\{%[-+]?\s*raw")
_ENVIRONMENT: Final = SandboxedEnvironment()
_SAMPLE_WORDS: Final = "word "
_SAMPLE_CHARACTERS_MAX = 2_000
"""Of one given text in a check; how long a real one may be is decided where the prompt is made to fit."""


def problem_in(content: TemplateContent) -> tuple[str, str] | None:
    """Return which part no prompt may be and why, in a sentence; None when it may. CPU-bound, for bounded time."""
    lists = GIVEN_LISTS | {one.name for one in content.variables if one.type is VariableType.LIST}
    known = GIVEN_TEXTS | lists | {one.name for one in content.variables}
    for field, part in (("system", content.system), ("user", content.user)):
        problem = _problem_in_part(part, frozenset(known), frozenset(lists))
        problem = problem or next((said for full in (True, False) if (said := _fails(part, content, full=full))), None)
        if problem is not None:
            return field, f"This is not a template for a prompt: {problem}."
    return None


def _problem_in_part(part: str, known: frozenset[str], lists: frozenset[str]) -> str | None:
    if _RAW.search(part):
        return "it shows template code as text"
    try:
        parsed = _ENVIRONMENT.parse(part)
        if sum(1 for _ in parsed.find_all(nodes.For)) > LOOPS_MAX:
            return f"it has more than {LOOPS_MAX} loops"
        return next(_problems(parsed, known, lists, 0), None)
    except (TemplateError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        return f"it cannot be read{f' (line {line})' if line else ''}"


def _problems(node: nodes.Node, known: frozenset[str], lists: frozenset[str], loops: int) -> Iterator[str]:
    line = f"line {node.lineno}"
    match node:
        case nodes.Name(ctx="load", name=name) if name not in known:
            yield f"{line} speaks of {name}, which it is not given; it is given {', '.join(sorted(known))}"
        case nodes.Filter(name=name) if name not in _FILTERS:
            yield f"{line} uses a filter other than {', '.join(sorted(_FILTERS))}"
        # A long text between all characters of another would fill the memory.
        case nodes.Filter(name="join", node=joined, args=args) if not (
            _is_one_of(joined, lists) and all(isinstance(one, nodes.Const) for one in args)
        ):
            yield f"{line} joins something other than a list"
        case nodes.Test(name=name) if name not in _TESTS:
            yield f"{line} uses a test other than {', '.join(sorted(_TESTS))}"
        case nodes.For() if loops >= LOOPS_WITHIN_EACH_OTHER_MAX:
            yield f"{line} is one loop too deep"
        # A text is as many rounds as it has characters.
        case nodes.For(iter=over) if not _is_one_of(over, lists):
            yield f"{line} loops over something other than a list"
        case _ if not isinstance(node, _ALLOWED):
            yield f"{line} does more than show text"
        case _:
            pass
    if isinstance(node, nodes.For):
        loops += 1
        stored = {name.name for name in node.target.find_all(nodes.Name)}
        stored |= {node.target.name} if isinstance(node.target, nodes.Name) else set()
        known, lists = known | {"loop", *stored}, lists - stored
    for child in node.iter_child_nodes():
        yield from _problems(child, known, lists, loops)


def _is_one_of(node: nodes.Node | None, lists: frozenset[str]) -> bool:
    return isinstance(node, nodes.Name) and node.name in lists


def _fails(part: str, content: TemplateContent, *, full: bool) -> str | None:
    try:
        rendered(part, sample(content, full=full), _NONCE)
    except CannotRender as error:
        return f"{error} with {'everything' if full else 'no more than'} it {'may be' if full else 'has to be'} given"
    return None


def sample(content: TemplateContent, *, full: bool) -> Mapping[str, object]:
    """Return data as a caller could give it: all that is allowed, or the least."""
    long = _text(_SAMPLE_CHARACTERS_MAX) if full else ""
    passages = [{"n": 1, "title": "Title", "text": long}, {"n": 2, "title": "Title", "text": long}] if full else []
    terms = [{"term": "term", "definition": long}] if full else []
    variables = {one.name: _value(one, full=full) for one in content.variables}
    return {**dict.fromkeys(GIVEN_TEXTS, long), "passages": passages, "terms": terms, **variables}


def _value(variable: Variable, *, full: bool) -> VariableValue:
    wanted = full or variable.required
    match variable.type:
        case VariableType.TEXT:
            return _text(variable.characters_max) if wanted else ""
        case VariableType.NUMBER:
            return 7 if wanted else ""
        case VariableType.FLAG:
            return full
        case VariableType.LIST:
            return (_text(variable.characters_max),) * LIST_ITEMS_MAX if full else (("word",) if wanted else ())


def _text(characters: int) -> str:
    return (_SAMPLE_WORDS * (characters // len(_SAMPLE_WORDS) + 1))[:characters]
