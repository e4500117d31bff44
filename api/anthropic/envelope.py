"""Errors as Anthropic clients read them; every error below /v1/messages has this shape."""

from collections.abc import Mapping
from typing import Any, Final

PREFIX: Final = "/v1/messages"
REQUEST_ID_HEADER: Final = "request-id"
"""Where its clients look for the id; the one of all other answers stands beside it."""

_TYPES: Final[Mapping[int, str]] = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_SERVER_FAULTS_FROM: Final = 500
_OVERLOADED: Final = 529
_OURS: Final[Mapping[int, int]] = {409: 400, 422: 400, 503: _OVERLOADED}
"""Statuses that its protocol does not have, or has others for."""
_OF_CODE: Final[Mapping[str, int]] = {"ai.unknown_model": 404}


def is_below(path: str) -> bool:
    """Tell whether a path is one of this protocol."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def status_in_envelope(code: str, status: int) -> int:
    """Return the status that an Anthropic client expects for a problem."""
    return _OF_CODE.get(code) or _OURS.get(status, status)


def kind_of(status: int) -> str:
    """Return the protocol's type of an error."""
    return _TYPES.get(status, "api_error" if status >= _SERVER_FAULTS_FROM else "invalid_request_error")


def envelope(code: str, status: int, detail: str, facts: Mapping[str, Any], request_id: str) -> dict[str, Any]:
    """Return the body: Anthropic's fields, and our code and facts as its details."""
    message = detail
    if errors := facts.get("errors"):
        parameter = ".".join(part for part in errors[0]["pointer"].split("/")[1:] if part != "body")
        message = f"{parameter or 'The body'}: {errors[0]['detail']}"
    details = {"error_code": code, **facts}
    return {
        "type": "error",
        "error": {"type": kind_of(status), "message": message, "details": details},
        "request_id": request_id,
    }
