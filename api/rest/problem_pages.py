"""What a problem's `type` leads to: one page a code, saying what it means."""

from html import escape
from inspect import cleandoc

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from api.problems import Meaning, meaning_of, status_of
from domain.errors import DomainError

router = APIRouter(include_in_schema=False)


@router.get("/problems/{code}")
async def problem_page(code: str) -> HTMLResponse:
    """Explain a code, a refusal's in its own words."""
    told = meaning_of(code) or _refusal(code)
    if told is None:
        raise HTTPException(404, "There is no problem with this code.")
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(code)} - Colophon</title><main>'
        f"<h1>{escape(code)}</h1><p>HTTP status {int(told.status)}.</p><p>{escape(told.meaning)}</p></main></html>"
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": "default-src 'none'"})


def _refusal(code: str) -> Meaning | None:
    refusal = refusals().get(code)
    if refusal is None:
        return None
    return Meaning(status=status_of(refusal), meaning=cleandoc(refusal.__doc__ or ""))


def refusals() -> dict[str, type[DomainError]]:
    """Return every concrete refusal by its code."""
    found: dict[str, type[DomainError]] = {}
    waiting = list(DomainError.__subclasses__())
    while waiting:
        refusal = waiting.pop()
        waiting += refusal.__subclasses__()
        if "code" in vars(refusal):
            found[refusal.code] = refusal
    return found
