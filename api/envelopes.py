"""Errors for clients of somebody else's protocol, by the path that they asked."""

from collections.abc import Mapping
from typing import Any

from fastapi.responses import JSONResponse

from api.anthropic import envelope as anthropic
from api.openai import envelope as openai


def in_envelope(
    path: str,
    code: str,
    status: int,
    detail: str,
    *,
    facts: Mapping[str, Any],
    request_id: str,
    headers: Mapping[str, str] | None,
) -> JSONResponse | None:
    """Return the error in the protocol's own words; None where the path is one of ours."""
    if anthropic.is_below(path):
        status = anthropic.status_in_envelope(code, status)
        body = anthropic.envelope(code, status, detail, facts, request_id)
        return JSONResponse(body, status, headers={**(headers or {}), anthropic.REQUEST_ID_HEADER: request_id})
    if path.startswith(openai.PREFIX):
        status = openai.status_in_envelope(code, status)
        return JSONResponse(openai.envelope(code, status, detail, facts, request_id), status, headers=headers)
    return None
