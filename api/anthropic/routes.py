"""/v1/messages: answers for clients of Anthropic's, streamed or whole, with tools and in given forms."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from api.anthropic.answers import events, message
from api.anthropic.envelope import REQUEST_ID_HEADER
from api.anthropic.messages import MessagesRequest, PromptOfMessages
from api.authentication import Caller, PlatformDep
from api.cache_control import CacheControl, cache_headers, cache_wish
from api.cost_tags import TagsHeader, cost_tags
from api.openai.answers import colophon_of, whole
from api.openai.routes import STREAM_HEADERS
from api.problems import problem
from api.rest.reading import NeedsPermission
from domain.ids import CallId
from gateway.calls import FinishReason
from tenancy.roles import Permission

router = APIRouter(prefix="/v1", tags=["anthropic"])


@router.post("/messages", response_model=None)
async def create_message(
    body: MessagesRequest,
    caller: Annotated[Caller, Depends(NeedsPermission(Permission.AI_USE))],
    platform: PlatformDep,
    request: Request,
    response: Response,
    tags: TagsHeader = None,
    cache_control: CacheControl = None,
) -> StreamingResponse | JSONResponse | dict[str, Any]:
    """Answer a conversation, with passages of the tenant's documents; `colophon` tells sources and cost."""
    call_id = CallId(platform.new_id())
    wish = cache_wish(cache_control)
    asked = replace(body.ai_request(call_id, cost_tags(tags)), cache=wish)
    items = platform.gateway.stream(asked, caller.context)
    head = {"id": f"msg_{call_id}", "type": "message", "role": "assistant", "model": body.model}
    request_id = {REQUEST_ID_HEADER: caller.context.request_id}
    if body.stream:
        # Nothing is sent before the first piece, so that a refusal is still a status of its own.
        first = await anext(items)
        sent = events(items, first, head, caller)
        headers = {**STREAM_HEADERS, **request_id, **cache_headers(first, wish)}
        return StreamingResponse(sent, media_type="text/event-stream", headers=headers)
    answer = await whole(items)
    if answer.finish_reason is FinishReason.BROKEN:
        return problem(request, 502, "ai.stream_broken", answer.notice, facts={"colophon": colophon_of(answer)})
    response.headers.update(request_id | cache_headers(answer, wish))
    return message(answer, head)


@router.post("/messages/count_tokens")
async def count_tokens(
    body: PromptOfMessages,
    caller: Annotated[Caller, Depends(NeedsPermission(Permission.AI_USE))],
    platform: PlatformDep,
    response: Response,
) -> dict[str, int]:
    """Tell about how many tokens a prompt has, with passages of the tenant's documents; no model reads it."""
    asked = body.ai_request(CallId(platform.new_id()), ())
    estimate = await platform.gateway.estimate(asked, caller.context)
    response.headers[REQUEST_ID_HEADER] = caller.context.request_id
    return {"input_tokens": estimate.input_tokens_about}
