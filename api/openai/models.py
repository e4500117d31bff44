"""/v1/models: what can be asked, what it can do and what it costs; the clients of both protocols read it."""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends

from api.authentication import Caller, PlatformDep
from api.platform import Platform
from api.rest.reading import NeedsPermission
from domain.settings.routes import model_of
from gateway.embeddings import LOCAL_NAME
from gateway.refusals import NoExchangeRate, UnknownModel
from gateway.routing import ALIASES, Candidate
from tenancy.policies import Policy
from tenancy.roles import Permission

router = APIRouter(prefix="/v1", tags=["openai"])

AiCaller = Annotated[Caller, Depends(NeedsPermission(Permission.AI_USE))]
_LONG_AGO: Final = datetime.fromtimestamp(0, UTC).isoformat()
"""Nobody tells when a model was made; both protocols want a time."""


@router.get("/models")
async def list_models(caller: AiCaller, platform: PlatformDep) -> dict[str, Any]:
    """List the routes by their names, and every model that the tenant's routes name and that can be called."""
    policy = await platform.policies.of(caller.context)
    # In a thread: the first look at a hosted model's price loads the price list.
    data = await asyncio.to_thread(_listed, platform, policy)
    return {
        "object": "list",
        "data": data,
        "has_more": False,
        "first_id": data[0]["id"],
        "last_id": data[-1]["id"],
    }


@router.get("/models/{model:path}")
async def read_model(model: str, caller: AiCaller, platform: PlatformDep) -> dict[str, Any]:
    """Read one model, also one that no route names."""
    policy = await platform.policies.of(caller.context)
    if model in ALIASES:
        return _route(model, policy)
    return await asyncio.to_thread(_named, platform, model, policy)


def _listed(platform: Platform, policy: Policy) -> list[dict[str, Any]]:
    found = [_route(name, policy) for name in sorted(ALIASES)]
    for name in dict.fromkeys(map(model_of, (*policy.names("ai.route.small"), *policy.names("ai.route.large")))):
        try:
            found.append(_model(platform.router.candidate(name, policy), policy))
        except (UnknownModel, NoExchangeRate):
            continue  # a route may name what this installation has no key for
    return [*found, _embedding()]


def _named(platform: Platform, name: str, policy: Policy) -> dict[str, Any]:
    return _embedding() if name == LOCAL_NAME else _model(platform.router.candidate(name, policy), policy)


def _route(name: str, policy: Policy) -> dict[str, Any]:
    small, large = policy.names("ai.route.small"), policy.names("ai.route.large")
    tried = (*large, *small) if name == "large" else (*small, *large)
    return _entry(name, owner="colophon", facts={"kind": "route", "models": list(dict.fromkeys(map(model_of, tried)))})


def _model(candidate: Candidate, policy: Policy) -> dict[str, Any]:
    provider = candidate.provider
    return _entry(
        candidate.name,
        owner=provider.name,
        facts={
            "kind": "chat",
            "what_it_is": provider.what_it_is,
            "offline": provider.offline,
            "capabilities": asdict(provider.capabilities(candidate.model)),
            "price_micros_per_million_tokens": dict(candidate.rates.named()),
            "currency": policy.text("ai.currency"),
        },
    )


def _embedding() -> dict[str, Any]:
    return _entry(LOCAL_NAME, owner="local", facts={"kind": "embedding", "offline": True})


def _entry(name: str, *, owner: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "object": "model",
        "created": 0,
        "owned_by": owner,
        "type": "model",
        "display_name": name,
        "created_at": _LONG_AGO,
        "lifecycle": "active",
        "colophon": facts,
    }
