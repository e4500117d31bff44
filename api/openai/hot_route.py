"""For routes that are asked a thousand times a second: the request read and the answer written by themselves."""

from typing import TypeVar

import msgspec
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from api.authentication import Caller, identify
from commands.execute import PermissionMissing
from tenancy.context import tenant_scope
from tenancy.roles import Permission

M = TypeVar("M", bound=BaseModel)


async def body_of(request: Request, model: type[M]) -> M:
    """Return the body. Raises RequestValidationError, as a described route does."""
    body = await request.body()
    try:
        return model.model_validate_json(body) if body else model.model_validate(None)
    except ValidationError as error:
        found = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(found) from None


async def caller_of(request: Request, permission: Permission) -> Caller:
    """Return who asks. Raises Unauthenticated, PermissionMissing."""
    caller = await identify(request)
    if permission not in caller.context.permissions:
        with tenant_scope(caller.context):
            raise PermissionMissing(permission)
    return caller


def answered(body: object, headers: dict[str, str]) -> Response:
    """Return the answer as JSON."""
    return Response(msgspec.json.encode(body), media_type="application/json", headers=headers)
