"""The routes of /graphql: POST and GET over HTTP, and the WebSocket at the same path."""

from fastapi import APIRouter, Request, Response
from starlette.websockets import WebSocket

from api.graphql import http
from api.graphql.limits import LIMITS, GraphQLLimits
from api.graphql.sdl import export_sdl as export_sdl
from api.graphql.socket import PROTOCOL, Socket
from api.graphql.socket_access import SocketAccess
from api.platform import Platform

PATH = "/graphql"
NO_SUBPROTOCOL = 4406


def create_graphql_router(platform: Platform, limits: GraphQLLimits = LIMITS) -> APIRouter:
    """Return the routes of /graphql."""
    router = APIRouter(include_in_schema=False)

    @router.post(PATH)
    async def post(request: Request) -> Response:
        return await http.post(request, platform, limits)

    @router.get(PATH)
    async def get(request: Request) -> Response:
        return await http.get(request, platform, limits)

    @router.websocket(PATH)
    async def connect(websocket: WebSocket) -> None:
        await _connect(websocket, platform, limits)

    return router


async def _connect(websocket: WebSocket, platform: Platform, limits: GraphQLLimits) -> None:
    access = SocketAccess(websocket, platform)
    if not access.may_open():
        await websocket.close()  # before the handshake is accepted, which makes it a 403
        return
    if PROTOCOL not in websocket.scope["subprotocols"]:
        await websocket.accept()
        await websocket.close(NO_SUBPROTOCOL, f"Speak {PROTOCOL}")
        return
    await websocket.accept(PROTOCOL)
    await Socket(websocket, platform, access, limits).run()
