"""Cost tags: what a caller wants to see the cost of its calls by, from a header or from OpenAI's metadata."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Final
from urllib.parse import unquote

from fastapi import Header

from domain.errors import Invalid

TAGS_MAX = 10
TAG_VALUE_CHARACTERS_MAX = 100
_KEY: Final = re.compile(r"[a-z0-9_.-]{1,40}")

TagsHeader = Annotated[
    str | None,
    Header(
        alias="X-Colophon-Tags",
        description="What the cost of this call is seen by: `order=4711, customer=acme`, values percent-encoded.",
    ),
]
Tags = tuple[tuple[str, str], ...]


class TagsRefused(Invalid):
    """Cost tags are at most 10, with keys of a-z, 0-9, `_`, `.` and `-` and short values; `parameter` has others."""

    code: ClassVar = "ai.tags_refused"

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(reason)
        self.parameter = parameter

    def facts(self) -> dict[str, object]:
        return {"parameter": self.parameter}


def cost_tags(header: str | None, metadata: Mapping[str, str] | None = None) -> Tags:
    """Return the tags of a call, in the order of their keys. Raises TagsRefused."""
    given = [*((key, value, "X-Colophon-Tags") for key, value in _in_header(header or ""))]
    given += [(key, value, "metadata") for key, value in (metadata or {}).items()]
    tags: dict[str, str] = {}
    for key, value, parameter in given:
        if key in tags:
            raise TagsRefused(parameter, f"The tag `{key[:40]}` is given twice.")
        _check(key, value, parameter)
        tags[key] = value
        if len(tags) > TAGS_MAX:
            raise TagsRefused(parameter, f"A call has at most {TAGS_MAX} tags.")
    return tuple(sorted(tags.items()))


def _in_header(header: str) -> Iterable[tuple[str, str]]:
    for pair in header.split(","):
        key, equals, value = pair.strip().partition("=")
        if pair.strip():
            if not equals:
                raise TagsRefused("X-Colophon-Tags", "Tags are written as `key=value`, with commas between them.")
            yield key.strip(), unquote(value.strip())


def _check(key: str, value: str, parameter: str) -> None:
    if _KEY.fullmatch(key) is None:
        raise TagsRefused(parameter, "A tag's key has 1 to 40 characters: a-z, 0-9, `_`, `.` and `-`.")
    if len(value) > TAG_VALUE_CHARACTERS_MAX:
        raise TagsRefused(parameter, f"The value of a tag has at most {TAG_VALUE_CHARACTERS_MAX} characters.")
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in value):
        raise TagsRefused(parameter, "The value of a tag is one line without control characters.")
