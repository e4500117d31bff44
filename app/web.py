"""create_app(colophon) -> the ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import problems, static_site
from api.graphql.router import create_graphql_router
from api.live.router import router as live
from api.middleware import BodyLimit, RequestContext
from api.rest import content, documents, health, revisions, session, tenant
from app.bootstrap import Colophon


def create_app(colophon: Colophon, *, projections: bool = True) -> FastAPI:
    """Return the application; its lifespan starts and stops the platform."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await colophon.start(projections=projections)
        try:
            yield
        finally:
            await colophon.stop()

    platform = colophon.platform
    app = FastAPI(
        title="Colophon",
        version=platform.version,
        description="People and AI write documents together; every change is an event.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.platform = platform
    app.state.rooms = colophon.rooms
    problems.install(app)
    app.add_middleware(BodyLimit, bytes_max=platform.limits.request_body_bytes_max)
    app.add_middleware(RequestContext)
    for resource in (health, session, documents, content, revisions, tenant):
        app.include_router(resource.router)
    app.include_router(create_graphql_router(platform), prefix="/graphql")
    app.include_router(live)
    # Last: it takes every path that nothing else wants.
    app.include_router(static_site.router)
    return app
