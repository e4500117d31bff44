"""GraphQL over HTTP: queries and mutations by POST, with the media types and statuses of the specification."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.authentication import identify
from api.graphql.access import Access
from api.graphql.limits import LIMITS as LIMITS
from api.graphql.limits import GraphQLLimits
from api.graphql.operation import Operation
from api.graphql.requests import READS, GraphQLRequest, RequestRefused, answered, encoded, loaded, refusal
from api.graphql.sse import EVENT_STREAM, EventStream
from api.platform import Platform
from tenancy.context import tenant_scope

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"


async def post(request: Request, platform: Platform, limits: GraphQLLimits) -> Response:
    """Answer a POST: who asks is found out before anything of what is asked is read."""
    access = await _access(request)
    media_type = _media_type(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise HTTPException(415, "A GraphQL request is sent as application/json.")
    operation = Operation(platform, access, limits)
    try:
        wanted = GraphQLRequest.read(loaded(await request.body()))
    except RequestRefused as error:
        return _response(refusal(error, access.context.request_id), media_type, malformed=True)
    if media_type == EVENT_STREAM:
        return EventStream(wanted, operation)
    with tenant_scope(access.context):
        return _response(await answered(wanted, operation), media_type)


async def get(request: Request, platform: Platform, limits: GraphQLLimits) -> Response:
    """Answer a GET, which is for event streams alone: a link must not be able to run an operation."""
    access = await _access(request)
    if _media_type(request) != EVENT_STREAM:
        raise HTTPException(405, "Send operations by POST; GET is for text/event-stream.", {"Allow": "POST"})
    parameters: dict[str, Any] = dict(request.query_params)
    try:
        if parameters.get("variables"):
            parameters["variables"] = loaded(parameters["variables"])
        wanted = GraphQLRequest.read(parameters)
    except RequestRefused as error:
        return _response(refusal(error, access.context.request_id), GRAPHQL_RESPONSE, malformed=True)
    return EventStream(wanted, Operation(platform, access, limits), allowed=READS)


async def _access(request: Request) -> Access:
    return Access(await identify(request), lambda: identify(request))


def _media_type(request: Request) -> str:
    """Return the media type to answer in. Raises 406 when the client accepts none of ours."""
    accepted = [part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "*/*").split(",")]
    for media_type in accepted:
        if media_type in {EVENT_STREAM, GRAPHQL_RESPONSE, JSON}:
            return media_type
    if not {"*/*", "application/*"}.isdisjoint(accepted):
        return JSON
    raise HTTPException(406, f"Accept {GRAPHQL_RESPONSE}, {JSON} or {EVENT_STREAM}.")


def _response(answer: dict[str, Any], media_type: str, *, malformed: bool = False) -> Response:
    # In plain JSON a status other than 200 would look like a failure of some proxy to older clients.
    refused = malformed or (media_type == GRAPHQL_RESPONSE and "data" not in answer)
    shown = media_type if media_type != EVENT_STREAM else GRAPHQL_RESPONSE
    return Response(encoded(answer), 400 if refused else 200, media_type=f"{shown}; charset=utf-8")
