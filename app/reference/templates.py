"""The prompt templates that come with the platform, as a page."""

from domain.template.built_in import BUILT_IN
from domain.template.content import GIVEN_LISTS, GIVEN_TEXTS, TEMPERATURES, TemplateContent, Variable

HEADER = """# Prompt templates

What models are told where a tenant has no version of its own live.
[How to write one](../how-to/write-a-prompt-template.md).

*This page is written by `make docs` from `domain/template/`.*

A template is written in Jinja's language: text, conditions, loops over lists and a few filters, no calls and no
arithmetic. Every template is given {texts} as texts, {lists} as lists (`passages` of `n`, `title`, `text`; `terms` of
`term`, `definition`), and the variables that it declares. What stands between `<<<` and `>>>` is fenced by a word that
only this call knows.

Presets are temperatures: {presets}. A model that takes none is called without; a template without a preset leaves it to
the model.
"""


def templates_page() -> str:
    """Return the page."""
    header = HEADER.format(
        texts=_listed(GIVEN_TEXTS),
        lists=_listed(GIVEN_LISTS),
        presets=", ".join(f"`{preset}` is {number:g}" for preset, number in TEMPERATURES.items()),
    )
    return header + "".join(_template(name, content) for name, content in BUILT_IN.items())


def _template(name: str, content: TemplateContent) -> str:
    parts = "".join(
        f"\n{title}:\n\n```jinja\n{text.rstrip()}\n```\n"
        for title, text in (("System", content.system), ("User", content.user))
        if text
    )
    variables = "".join(map(_variable, content.variables))
    gives_way = ", ".join(content.gives_way)
    return (
        f"\n## {name}\n\n{content.description} For `{content.purpose}`. Gives way: {gives_way}.\n"
        f"{variables and chr(10)}{variables}{parts}"
    )


def _variable(one: Variable) -> str:
    needed = "required" if one.required else "optional"
    return f"- `{one.name}` ({one.type}, {needed}, at most {one.characters_max} characters): {one.description}\n"


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
