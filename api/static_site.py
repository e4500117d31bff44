"""The web app: hashed assets for ever, pages never cached, and a page that explains when it was not built."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException

from api.authentication import platform_of

router = APIRouter(include_in_schema=False)

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "worker-src 'self' blob:; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'self'"
)
_PAGE_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_ASSET_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_OURS = ("api/", "graphql", "v1/", "collab/", "hocuspocus", "mcp", "metrics", "openapi.json")

_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Colophon: web app not built</title>
<body><main><h1>The web app is not built</h1>
<p>The server runs, but there are no pages to show: the folder <code>app/static</code> is empty.</p>
<p>Run <code>make install</code> (or <code>make web</code>) in the project's folder and reload this page.
The API works without it: see <a href="/docs">/docs</a>.</p></main></body></html>"""


@router.get("/graphiql")
async def graphiql(request: Request) -> Response:
    """Serve the offline GraphiQL."""
    return _page(platform_of(request).static_folder / "graphiql.html")


@router.get("/docs")
async def api_description(request: Request) -> Response:
    """Serve the offline reader of /openapi.json."""
    return _page(platform_of(request).static_folder / "apidocs.html")


@router.get("/{path:path}")
async def page_or_asset(path: str, request: Request) -> Response:
    """Serve a built file; every other path is a page of the app, which knows its own routes."""
    folder = platform_of(request).static_folder.resolve()
    wanted = _built(folder, path)
    if wanted is not None:
        return FileResponse(wanted, headers=_ASSET_HEADERS if path.startswith("assets/") else _PAGE_HEADERS)
    if path.startswith((*_OURS, "assets/")) or "\0" in path:
        raise HTTPException(404, "There is nothing here.")
    return _page(folder / "index.html")


def _built(folder: Path, path: str) -> Path | None:
    """Return the file of this path, if there is one and it is ours; no path of a client's makes it fail."""
    try:
        file = (folder / path).resolve()
        return file if path and file.is_relative_to(folder) and file.is_file() else None
    except (OSError, ValueError):  # longer than a name may be, a NUL in it
        return None


def _page(file: Path) -> Response:
    if not file.is_file():
        return HTMLResponse(_NOT_BUILT, 503, headers={"Cache-Control": "no-store"})
    return FileResponse(file, media_type="text/html", headers=_PAGE_HEADERS)
