"""The routes of /graphql: POST and GET over HTTP, and the WebSocket at the same path."""

import asyncio
from types import ModuleType
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from starlette.websockets import WebSocket

from api.platform import Platform

if TYPE_CHECKING:
    from api.graphql.limits import GraphQLLimits

PATH = "/graphql"


class _Schema:
    """The schema and what executes it: half a second of processor time, which a process spends when first asked."""

    def __init__(self) -> None:
        self._is_loaded = False

    async def loaded(self) -> None:
        """Return when it can be imported at once."""
        if not self._is_loaded:
            await asyncio.to_thread(self._load)
            self._is_loaded = True

    @staticmethod
    def _load() -> tuple[ModuleType, ...]:
        from api.graphql import handshake, http  # noqa: PLC0415  # heavy; many processes are never asked

        return handshake, http


def create_graphql_router(platform: Platform, limits: "GraphQLLimits | None" = None) -> APIRouter:
    """Return the routes of /graphql."""
    router, schema = APIRouter(include_in_schema=False), _Schema()

    @router.post(PATH)
    async def post(request: Request) -> Response:
        await schema.loaded()
        from api.graphql import http  # noqa: PLC0415

        return await http.post(request, platform, limits or http.LIMITS)

    @router.get(PATH)
    async def get(request: Request) -> Response:
        await schema.loaded()
        from api.graphql import http  # noqa: PLC0415

        return await http.get(request, platform, limits or http.LIMITS)

    @router.websocket(PATH)
    async def connect(websocket: WebSocket) -> None:
        await schema.loaded()
        from api.graphql import handshake, http  # noqa: PLC0415

        await handshake.connect(websocket, platform, limits or http.LIMITS)

    return router
