"""/v1: chat completions, streamed or whole, and the models that can be asked."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from api.authentication import Caller, PlatformDep
from api.openai.completions import FINISH, ChatCompletionRequest, colophon_of, usage_of
from api.platform import Platform
from api.rest.reading import NeedsPermission
from domain.ids import CallId
from gateway.calls import Answer, Delta, FinishReason
from gateway.embeddings import LOCAL_NAME
from gateway.refusals import NoExchangeRate, UnknownModel
from gateway.routing import ALIASES
from tenancy.context import tenant_scope
from tenancy.policies import Policy
from tenancy.roles import Permission

router = APIRouter(prefix="/v1", tags=["openai"])

AiCaller = Annotated[Caller, Depends(NeedsPermission(Permission.AI_USE))]

log = structlog.get_logger()


@router.post("/chat/completions", response_model=None)
async def create_chat_completion(
    body: ChatCompletionRequest, caller: AiCaller, platform: PlatformDep
) -> StreamingResponse | dict[str, Any]:
    """Answer a conversation, with passages of the tenant's documents; `colophon` tells sources and cost."""
    call_id = CallId(platform.new_id())
    items = platform.gateway.stream(body.ai_request(call_id), caller.context)
    head = {"id": f"chatcmpl-{call_id}", "created": int(platform.now().timestamp()), "model": body.model}
    if body.stream:
        # Nothing is sent before the first piece, so that a refusal is still a status of its own.
        first = await anext(items)
        return StreamingResponse(
            _chunks(items, first, head, body, caller),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"},
        )
    answer = await _whole(items)
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": answer.text, "refusal": None},
        "logprobs": None,
        "finish_reason": FINISH.get(answer.finish_reason, "stop"),
    }
    return {
        **head,
        "object": "chat.completion",
        "choices": [choice],
        "usage": usage_of(answer),
        "colophon": colophon_of(answer),
    }


@router.get("/models")
async def list_models(caller: AiCaller, platform: PlatformDep) -> dict[str, Any]:
    """List the routes by their names, and every model that the tenant's routes name and that can be called."""
    policy = await platform.policies.of(caller.context)
    names = sorted(ALIASES)
    routed = dict.fromkeys((*policy.names("ai.route.small"), *policy.names("ai.route.large")))
    names += [*(name for name in routed if _callable(platform, name, policy)), LOCAL_NAME]
    return {
        "object": "list",
        "data": [{"id": name, "object": "model", "created": 0, "owned_by": name.partition("/")[0]} for name in names],
    }


def _callable(platform: Platform, name: str, policy: Policy) -> bool:
    try:
        platform.router.candidate(name, policy)
    except (UnknownModel, NoExchangeRate):
        return False
    return True


async def _whole(items: AsyncIterator[Delta | Answer]) -> Answer:
    async with aclosing(items) as stream:  # type: ignore[type-var]
        async for item in stream:
            if isinstance(item, Answer):
                return item
    raise AssertionError("a call ends with its answer")


async def _chunks(
    items: AsyncIterator[Delta | Answer],
    first: Delta | Answer,
    head: dict[str, Any],
    body: ChatCompletionRequest,
    caller: Caller,
) -> AsyncIterator[str]:
    """Send the stream; one that breaks ends with an error and without [DONE]."""
    head = {**head, "object": "chat.completion.chunk"}

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event({**head, "choices": [choice], **more})

    with tenant_scope(caller.context):
        async with aclosing(items) as stream:  # type: ignore[type-var]
            yield chunk({"role": "assistant", "content": ""})
            item: Delta | Answer = first
            try:
                while isinstance(item, Delta):
                    yield chunk({"content": item.text})
                    item = await anext(stream)
            except Exception as error:  # noqa: BLE001  # headers are sent: the stream itself has to say so
                log.warning("ai.stream_failed", error=type(error).__name__)
                yield _failure("internal", "The answer could not be finished.")
                return
    if item.finish_reason is FinishReason.BROKEN:
        yield _event({**head, "choices": [], "colophon": colophon_of(item)})
        yield _failure("ai.stream_broken", item.notice)
        return
    yield chunk({}, FINISH[item.finish_reason], colophon=colophon_of(item))
    if body.include_usage:
        yield _event({**head, "choices": [], "usage": usage_of(item)})
    yield "data: [DONE]\n\n"


def _failure(code: str, message: str) -> str:
    return _event({"error": {"message": message, "type": "server_error", "param": None, "code": code}})


def _event(body: dict[str, Any]) -> str:
    return f"data: {json.dumps(body, separators=(',', ':'), ensure_ascii=False)}\n\n"
