"""The registry of settings that change while Colophon runs, as a page."""

from domain.settings.decisions import in_words
from domain.settings.definition import Definition
from domain.settings.registry import REGISTRY

HEADER = """# Policies

What may be changed while Colophon runs: on the admin page, over `PUT /api/v1/settings/{key}`, by the GraphQL mutation
`settingChange`, or with `colophon settings set`. A change is an event, so each setting has a history and can be rolled
back; every process follows within a second. What is read once at start is on another page: [settings](settings.md).

A value can be set for the platform (by its operator), for a tenant and for a member (by the tenant's admins). What
is set nearest to whoever acts counts; a switch marked *all* is on only where nobody above has turned it off, and a
list marked *sum* holds what everybody above has put in as well. A plan may cap a value.
[How to change one](../how-to/run-a-tenant.md).

*This page is written by `make docs` from `domain/settings/`.*

| setting | takes | default | for | what it does |
|---|---|---|---|---|
"""


def policies_page() -> str:
    """Return the page."""
    rows = "".join(map(_row, REGISTRY.values()))
    return HEADER + rows


def _row(definition: Definition) -> str:
    default = f"`{_shown(definition.default)}`"
    scopes = ", ".join(definition.scopes) + _together(definition)
    return f"| `{definition.key}` | {in_words(definition)} | {default} | {scopes} | {definition.description} |\n"


def _together(definition: Definition) -> str:
    if definition.adds_up:
        return " (sum)"
    return " (all)" if definition.all_must_allow else ""


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value)
