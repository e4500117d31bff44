"""The OpenAPI description: whole, with credentials and problems, the same from a process as from the command line."""

from fastapi.openapi.models import OpenAPI
from httpx import AsyncClient

from app.web import openapi_document

BEFORE_SIGNING_IN = {
    ("post", "/api/v1/session"),
    ("post", "/api/v1/invitations/preview"),
    ("post", "/api/v1/invitations/accept"),
}
METHODS = {"get", "post", "put", "patch", "delete"}


def test_the_description_is_openapi_and_every_reference_in_it_leads_somewhere() -> None:
    document = openapi_document()
    OpenAPI.model_validate(document)
    assert document["openapi"].startswith("3.1")
    schemas = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) <= schemas
    assert "HTTPValidationError" not in repr(document)


def test_every_route_is_described_with_its_credentials_and_its_problems() -> None:
    document = openapi_document()
    schemes = document["components"]["securitySchemes"]
    assert (schemes["apiKey"]["type"], schemes["apiKey"]["scheme"]) == ("http", "bearer")
    assert (schemes["session"]["in"], schemes["session"]["name"]) == ("cookie", "colophon_session")
    for path, operations in document["paths"].items():
        for method in METHODS & operations.keys():
            operation = operations[method]
            if (method, path) in BEFORE_SIGNING_IN:
                assert "security" not in operation
                continue
            assert operation["security"] == [{"apiKey": []}, {"session": []}]
            answered = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
            assert answered == {"$ref": "#/components/schemas/Problem"}
            assert "422" not in operation["responses"]


async def test_a_process_describes_problems_and_credentials_as_the_export_does(client: AsyncClient) -> None:
    served = (await client.get("/openapi.json")).json()
    exported = openapi_document()
    assert served["components"] == exported["components"]
    assert served["paths"] == exported["paths"]


def references(node: object) -> set[str]:
    """Every $ref below a node."""
    match node:
        case dict():
            own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
            return own.union(*map(references, node.values()))
        case list():
            return set[str]().union(*map(references, node))
        case _:
            return set()
