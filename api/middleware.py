"""What happens to every request: an id, a body limit, metrics, a line in the log."""

import re
import time
from typing import ClassVar
from uuid import uuid4

import structlog
from fastapi import Request
from fastapi.responses import JSONResponse
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.openai.envelope import PREFIX
from api.problems import problem
from tenancy.context import TenantContext
from tenancy.trace_parents import ARRIVED, parsed

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

REQUESTS = Counter("colophon_http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("colophon_http_request_seconds", "Time to answer a request.", ["method", "route"])

log = structlog.get_logger()


class RequestContext:
    """Gives each request or socket an id (the client's own when it is harmless) and logs how it ended."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        offered = Headers(scope=scope).get("x-request-id", "")
        request_id = offered if REQUEST_ID.fullmatch(offered) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        headers = Headers(scope=scope)
        arrived = ARRIVED.set(parsed(headers.get("traceparent", ""), headers.get("tracestate", "")))
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                ARRIVED.reset(arrived)
                if scope["type"] == "http":
                    _account(scope, status, time.perf_counter() - started)


def _account(scope: Scope, status: int, seconds: float) -> None:
    # The route's pattern, never the path: paths hold ids, and an unbounded label would fill the metrics.
    route = getattr(scope.get("route"), "path", "unmatched")
    REQUESTS.labels(scope["method"], route, status).inc()
    SECONDS.labels(scope["method"], route).observe(seconds)
    seconds = round(seconds, 4)
    log.info("request.answered", method=scope["method"], route=route, status=status, seconds=seconds, **who(scope))


def who(scope: Scope) -> dict[str, str]:
    """Return who was let in, for the lines that are logged when their scope is left."""
    return named(scope["state"].get("tenant_context"))


def named(context: TenantContext | None) -> dict[str, str]:
    """Return the ids of a tenant and an actor for a line in the log."""
    return {} if context is None else {"tenant": str(context.tenant_id), "actor": str(context.actor)}


class BodyLimit:
    """Refuses a request body above the limit, declared or streamed, before anybody reads it all."""

    code: ClassVar = "request.too_large"

    def __init__(self, app: ASGIApp, *, bytes_max: int) -> None:
        self._app = app
        self._bytes_max = bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal() or int(declared) > self._bytes_max:
            await self._refusal(scope)(scope, receive, send)
            return
        received, started, too_large = 0, False, False

        async def limited_receive() -> Message:
            nonlocal received, too_large
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._bytes_max:
                too_large = True
                return {"type": "http.disconnect"}
            return message

        async def limited_send(message: Message) -> None:
            nonlocal started
            if too_large and not started:
                return
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, limited_receive, limited_send)
        except Exception:
            if not too_large or started:
                raise
        if too_large and not started:
            await self._refusal(scope)(scope, receive, send)

    def _refusal(self, scope: Scope) -> JSONResponse:
        detail = f"A request has at most {self._bytes_max} bytes."
        if scope["path"].startswith(PREFIX):
            return problem(Request(scope), 413, self.code, detail, facts={"request_body_bytes_max": self._bytes_max})
        body = {
            "type": f"/problems/{self.code}",
            "title": "Content Too Large",
            "status": 413,
            "detail": detail,
            "instance": scope["path"],
            "code": self.code,
            "request_id": scope.get("state", {}).get("request_id"),
            "request_body_bytes_max": self._bytes_max,
        }
        return JSONResponse(body, 413, media_type="application/problem+json")
