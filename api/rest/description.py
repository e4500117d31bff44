"""The OpenAPI description: the routes as they are, and the problem that each of them may answer."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field
from starlette.routing import BaseRoute

TITLE: Final = "Colophon"
DESCRIPTION: Final = "People and AI write documents together; every change is an event."

_OF_THE_FRAMEWORK = ("HTTPValidationError", "ValidationError")
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})


class Problem(BaseModel):
    """Why a request was refused (RFC 9457), with the facts of that code beside the members that all have."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="`/problems/<code>`, a page about the code.")
    title: str = Field(description="The status in words.")
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="For people to read.")
    instance: str = Field(description="The path that was asked.")
    code: str = Field(description="Stable: what a program branches on.")
    request_id: str


_REFUSED: Final = {
    "description": "A problem; `code` says which.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class DescribedApp(FastAPI):
    """An application whose /openapi.json says how it really refuses."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = describe(self.routes, version=self.version)
        return self.openapi_schema


def describe(routes: list[BaseRoute], *, version: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the routes."""
    document = get_openapi(title=TITLE, version=version, description=DESCRIPTION, routes=routes)
    for operations in document["paths"].values():
        for method in _METHODS & operations.keys():
            answers = operations[method]["responses"]
            answers.pop("422", None)
            answers["default"] = _REFUSED
    schemas = document["components"]["schemas"]
    for name in _OF_THE_FRAMEWORK:
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    return document
