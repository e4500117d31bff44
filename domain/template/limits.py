"""How large a prompt template may be, and what its parts may be called."""

import re
from collections.abc import Iterator
from typing import Final

from domain.free_text import is_clean, is_clean_line
from domain.template.content import GIVEN_LISTS, GIVEN_TEXTS, TemplateContent, Variable

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
PART_CHARACTERS_MAX = 20_000
DESCRIPTION_CHARACTERS_MAX = 500
CONTENT_CHARACTERS_MAX = 60_000
"""Of both parts and all examples together."""
VARIABLES_MAX = 30
VARIABLE_CHARACTERS_MAX = 20_000
LIST_ITEMS_MAX = 100
EXAMPLES_MAX = 20
EXAMPLE_CHARACTERS_MAX = 4_000
OUTPUT_TOKENS_MIN, OUTPUT_TOKENS_MAX = 16, 32_768
VERSIONS_MAX = 500
TEMPLATES_MAX = 200
ARMS_MAX = 2
WEIGHT_MAX = 100

_VARIABLE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MODEL: Final = re.compile(r"auto|small|large|[a-z0-9_-]{1,40}/[\x21-\x7e]{1,150}")
_TAKEN: Final = GIVEN_TEXTS | GIVEN_LISTS | {"loop", "fence_"}

Problem = tuple[str, str]
"""Which field, and a sentence."""


def problem_of(content: TemplateContent) -> Problem | None:
    """Return the first thing that is too large or badly named; what the templates say is looked at elsewhere."""
    return next(_problems(content), None)


def _problems(content: TemplateContent) -> Iterator[Problem]:
    if not is_clean_line(content.description) or len(content.description) > DESCRIPTION_CHARACTERS_MAX:
        yield "description", f"A description is one line of at most {DESCRIPTION_CHARACTERS_MAX} characters."
    for field, text in (("system", content.system), ("user", content.user)):
        if len(text) > PART_CHARACTERS_MAX or not is_clean(text):
            yield field, f"A part has at most {PART_CHARACTERS_MAX} characters, and none that nobody sees."
    if not (content.system.strip() or content.user.strip()):
        yield "user", "A template says something."
    yield from _of_variables(content)
    yield from _of_examples(content)
    if _MODEL.fullmatch(content.model) is None:
        yield "model", "A model is auto, small, large or provider/model."
    most = content.output_tokens_max
    if most is not None and not OUTPUT_TOKENS_MIN <= most <= OUTPUT_TOKENS_MAX:
        yield "output_tokens_max", f"An answer has {OUTPUT_TOKENS_MIN} to {OUTPUT_TOKENS_MAX} tokens."
    if len(set(content.gives_way)) != len(content.gives_way):
        yield "gives_way", "Each section gives way once."


def _of_variables(content: TemplateContent) -> Iterator[Problem]:
    names = [variable.name for variable in content.variables]
    if len(names) > VARIABLES_MAX or len(set(names)) != len(names):
        yield "variables", f"A template has at most {VARIABLES_MAX} variables, each under a name of its own."
    for variable in content.variables:
        if not _well_made(variable):
            taken = ", ".join(sorted(_TAKEN))
            yield "variables", f"A variable is named in small letters, none of {taken}, and says how long it may be."


def _well_made(variable: Variable) -> bool:
    return (
        _VARIABLE.fullmatch(variable.name) is not None
        and variable.name not in _TAKEN
        and 1 <= variable.characters_max <= VARIABLE_CHARACTERS_MAX
        and len(variable.description) <= DESCRIPTION_CHARACTERS_MAX
        and is_clean_line(variable.description)
    )


def _of_examples(content: TemplateContent) -> Iterator[Problem]:
    said = [text for example in content.examples for text in (example.asked, example.answered)]
    if len(content.examples) > EXAMPLES_MAX or not all(1 <= len(text) <= EXAMPLE_CHARACTERS_MAX for text in said):
        yield (
            "examples",
            f"There are at most {EXAMPLES_MAX} examples of 1 to {EXAMPLE_CHARACTERS_MAX} characters a side.",
        )
    if not all(map(is_clean, said)):
        yield "examples", "An example has no characters that nobody sees."
    if len(content.system) + len(content.user) + sum(map(len, said)) > CONTENT_CHARACTERS_MAX:
        yield "examples", f"Parts and examples have at most {CONTENT_CHARACTERS_MAX} characters together."
