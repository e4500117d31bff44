"""The WebSocket at /graphql: who may open one, and in which protocol."""

from starlette.websockets import WebSocket

from api.graphql.limits import GraphQLLimits
from api.graphql.socket import PROTOCOL, Socket
from api.graphql.socket_access import SocketAccess
from api.platform import Platform

NO_SUBPROTOCOL = 4406


async def connect(websocket: WebSocket, platform: Platform, limits: GraphQLLimits) -> None:
    """Accept it and serve it to its end, or refuse it."""
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
