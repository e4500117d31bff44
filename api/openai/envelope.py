"""Errors as OpenAI clients read them; every error below /v1 has this shape."""

from collections.abc import Mapping
from typing import Any, Final

PREFIX: Final = "/v1/"

_TYPES: Final[Mapping[int, str]] = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}
_SERVER_FAULTS_FROM: Final = 500
_OF_CODE: Final[Mapping[str, int]] = {
    "request.invalid": 400,
    "ai.unknown_model": 404,
    "ai.embedding_refused": 400,
    "ai.schema_refused": 400,
    "ai.tags_refused": 400,
    "ai.prompt_refused": 400,
    "ai.not_in_its_power": 400,
}
"""Where OpenAI's own status differs from ours: its clients tell these apart by status."""
_PARAM_OF_CODE: Final[Mapping[str, str]] = {"ai.unknown_model": "model", "ai.prompt_refused": "messages"}


def status_in_envelope(code: str, status: int) -> int:
    """Return the status that an OpenAI client expects for a problem."""
    return _OF_CODE.get(code, status)


def envelope(code: str, status: int, detail: str, facts: Mapping[str, Any], request_id: str) -> dict[str, Any]:
    """Return the body: OpenAI's fields, and our facts beside them."""
    kind = "server_error" if status >= _SERVER_FAULTS_FROM else _TYPES.get(status, "invalid_request_error")
    param, message = _PARAM_OF_CODE.get(code), detail
    if "parameter" in facts:
        param = str(facts["parameter"])
    if errors := facts.get("errors"):
        param = _parameter(errors[0]["pointer"])
        message = f"{param or 'The body'}: {errors[0]['detail']}"
    return {
        "error": {"message": message, "type": kind, "param": param, "code": code, "request_id": request_id, **facts}
    }


def _parameter(pointer: str) -> str | None:
    """Return `messages.0.content` for `/body/messages/0/content`."""
    return ".".join(part for part in pointer.split("/")[1:] if part != "body") or None
