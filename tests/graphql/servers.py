"""A GraphQL server of its own for one test: other limits, or ports that are watched."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from api import problems
from api.graphql.limits import LIMITS, GraphQLLimits
from api.graphql.router import create_graphql_router
from api.middleware import RequestContext
from api.platform import Platform


def graphql_app(platform: Platform, limits: GraphQLLimits = LIMITS) -> FastAPI:
    app = FastAPI()
    app.state.platform = platform
    problems.install(app)
    app.add_middleware(RequestContext)
    app.include_router(create_graphql_router(platform, limits))
    return app


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """The base URL of a real server."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_config=None, ws="websockets-sansio")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn signals it in no other way
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
