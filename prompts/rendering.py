"""From one part of a template and its data to text: values are data and never template code."""

from collections.abc import Mapping
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jinja2 import Template

OPEN, CLOSE = "<<<", ">>>"
"""What a template writes around data; each call has a word of its own between."""
RENDERED_CHARACTERS_MAX = 1_000_000
RENDERING_SECONDS_MAX = 1.0
_COMPILED_MAX = 500
_FENCE: Final = "fence_"


class CannotRender(Exception):
    """A part cannot be rendered with this data: it fails, or becomes too long."""


def rendered(part: str, given: Mapping[str, object], nonce: str) -> str:
    """Return the text of a part, with this call's fences around data. Raises CannotRender. CPU-bound."""
    from jinja2 import TemplateError  # noqa: PLC0415  # only when AI is used

    pieces: list[str] = []
    characters, ends_at = 0, monotonic() + RENDERING_SECONDS_MAX
    try:
        for piece in _compiled(part).generate({**given, _FENCE: nonce}):
            pieces.append(piece)
            characters += len(piece)
            if characters > RENDERED_CHARACTERS_MAX:
                raise CannotRender(f"it becomes longer than {RENDERED_CHARACTERS_MAX} characters")
            if monotonic() > ends_at:
                raise CannotRender(f"it takes longer than {RENDERING_SECONDS_MAX:g} s")
    # Comparing a number with a text, or asking one for its length, is the template's mistake and not ours.
    except (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise CannotRender(f"it fails ({type(error).__name__})") from error
    return "".join(pieces)


@lru_cache(_COMPILED_MAX)
def _compiled(part: str) -> "Template":
    from jinja2 import StrictUndefined  # noqa: PLC0415  # only when AI is used
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    # Prompts are text for a model, not a page: escaping would only garble it.
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    # The word of a call comes as data, so that a part is compiled once and not for every call.
    fenced = part.replace(OPEN, f"{OPEN}{{{{ {_FENCE} }}}}\n").replace(CLOSE, f"\n{{{{ {_FENCE} }}}}{CLOSE}")
    return environment.from_string(fenced)
