"""What never reaches a log: secrets and the text of documents, wherever in a line they stand."""

import re
import traceback
from collections.abc import Mapping

from structlog.typing import EventDict, ExcInfo, WrappedLogger

REDACTED = "[redacted]"
STRING_CHARACTERS_MAX = 500
MESSAGE_CHARACTERS_MAX = 200
FRAMES_MAX = 30
SECRET_WORDS = frozenset(
    {"token", "secret", "password", "passphrase", "authorization", "cookie", "credential", "credentials"}
)
SECRET_NAMES = frozenset(
    {"api_key", "master_key", "master_key_former", "private_key", "data_key", "database_url", "redis_url"}
)
CONTENT_NAMES = frozenset(
    {
        "body",
        "content",
        "email",
        "html",
        "instruction",
        "markdown",
        "prompt",
        "query",
        "state",
        "text",
        "title",
        "update",
    }
)
WORDS = re.compile(r"[^a-z0-9]+")
# Their messages quote rows, parameters and input.
QUOTING_MODULES = ("psycopg", "sqlalchemy", "pydantic", "msgspec", "fastapi", "graphql")


def redacted(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Replace secrets and content by their absence; numbers and truth values are neither."""
    return {name: _without_content(name, value) for name, value in line.items()}


def exception_without_content(exc_info: ExcInfo) -> list[dict[str, object]]:
    """Return what failed and where, innermost cause last; the values that were in hand stay there."""
    links: list[dict[str, object]] = []
    link: BaseException | None = exc_info[1]
    while link is not None and len(links) < FRAMES_MAX:
        frames = traceback.extract_tb(link.__traceback__)[-FRAMES_MAX:]
        links.append(
            {
                "type": f"{type(link).__module__}.{type(link).__qualname__}",
                "said": _message(link),
                "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
            }
        )
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return links


def _message(error: BaseException) -> str:
    if type(error).__module__.partition(".")[0].lstrip("_").removesuffix("_core") in QUOTING_MODULES:
        return REDACTED
    if type(error).__module__ == "builtins" and not isinstance(error, OSError) and not _is_of_the_program(error):
        return REDACTED  # int() and its like quote what they were given
    first, *_ = str(error).splitlines() or [""]
    return first[:MESSAGE_CHARACTERS_MAX]


def _without_content(name: str, value: object) -> object:
    if name.startswith("_") or value is None or isinstance(value, bool | int | float):
        return value
    return REDACTED if _is_private(name) else _shortened(value)


def _shortened(value: object) -> object:
    match value:
        case bytes() | bytearray() | memoryview():
            return f"[{len(value)} bytes]"
        case Mapping():
            return {str(key): _without_content(str(key), inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_without_content("item", inner) for inner in value]
        case str() if len(value) > STRING_CHARACTERS_MAX:
            return f"{value[:STRING_CHARACTERS_MAX]}[{len(value)} characters]"
        case _:
            return value


def _is_private(name: str) -> bool:
    plain = WORDS.sub("_", name.lower()).strip("_")
    return plain in SECRET_NAMES | CONTENT_NAMES or not SECRET_WORDS.isdisjoint(plain.split("_"))


def _is_of_the_program(error: BaseException) -> bool:
    """Tell whether the message stands in the program as it is, and so holds no value."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return place is not None and str(error) in place.tb_frame.f_code.co_consts
