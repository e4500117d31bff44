"""/v1/chat/completions: answers to conversations, streamed or whole, with tools and in given forms."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute

from api.authentication import Caller, PlatformDep, platform_of
from api.cache_control import CacheControl, cache_headers, cache_wish
from api.cost_tags import TagsHeader, cost_tags
from api.openai.answers import chunks, colophon_of, completion, whole
from api.openai.completions import ChatCompletionRequest
from api.openai.hot_route import answered, body_of, caller_of
from api.problems import problem
from api.rest.reading import NeedsPermission
from domain.ids import CallId
from gateway.calls import FinishReason
from tenancy.context import tenant_scope
from tenancy.roles import Permission


class _HotRoute(APIRoute):
    """
    Described by its endpoint, and asked with what it needs.

    Working out what a request's dependencies are, and turning an answer into plain values by looking at each of them,
    takes longer than all that the gateway does with a call.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def handle(request: Request) -> Response:
            return await _answer(request)

        return handle


router = APIRouter(prefix="/v1", tags=["openai"], route_class=_HotRoute)

AiCaller = Annotated[Caller, Depends(NeedsPermission(Permission.AI_USE))]
STREAM_HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}


@router.post("/chat/completions", response_model=None)
async def create_chat_completion(
    body: ChatCompletionRequest,
    caller: AiCaller,
    platform: PlatformDep,
    request: Request,
    tags: TagsHeader = None,
    cache_control: CacheControl = None,
) -> Response:
    """Answer a conversation, with passages of the tenant's documents; `colophon` tells sources and cost."""
    call_id = CallId(platform.new_id())
    wish = cache_wish(cache_control)
    asked = replace(body.ai_request(call_id, cost_tags(tags, body.metadata)), cache=wish)
    items = platform.gateway.stream(asked, caller.context)
    head = {"id": f"chatcmpl-{call_id}", "created": int(platform.now().timestamp()), "model": body.model}
    if body.stream:
        # Nothing is sent before the first piece, so that a refusal is still a status of its own.
        first = await anext(items)
        sent = chunks(items, first, head, caller, include_usage=body.include_usage)
        headers = {**STREAM_HEADERS, **cache_headers(first, wish)}
        return StreamingResponse(sent, media_type="text/event-stream", headers=headers)
    answer = await whole(items)
    if answer.finish_reason is FinishReason.BROKEN:
        # Half an answer is none to whoever asked for a whole one.
        return problem(request, 502, "ai.stream_broken", answer.notice, facts={"colophon": colophon_of(answer)})
    return answered(completion(answer, head), cache_headers(answer, wish))


async def _answer(request: Request) -> Response:
    caller = await caller_of(request, Permission.AI_USE)
    with tenant_scope(caller.context):
        return await create_chat_completion(
            await body_of(request, ChatCompletionRequest),
            caller,
            platform_of(request),
            request,
            tags=request.headers.get("x-colophon-tags"),
            cache_control=request.headers.get("cache-control"),
        )
