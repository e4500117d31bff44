"""Liveness, readiness and metrics, for whoever operates this."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from api.authentication import PlatformDep

router = APIRouter(include_in_schema=False)

LAG = Gauge("colophon_projection_lag_events", "Events not yet taken, over all tenants.", ["projection"])
DEAD_LETTERS = Gauge("colophon_projection_dead_letters", "Streams that wait for a retry.", ["projection"])


@router.get("/livez")
async def livez() -> dict[str, str]:
    """Answer while the process runs; touches nothing else."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(platform: PlatformDep) -> JSONResponse:
    """Answer 200 when a request would find all it needs, 503 with the reasons otherwise."""
    failures = await platform.health.failures()
    body = {"status": "unready" if failures else "ready", "failures": failures}
    return JSONResponse(body, 503 if failures else 200)


@router.get("/metrics")
async def metrics(platform: PlatformDep) -> Response:
    """Prometheus metrics; labels are bounded and name no tenant."""
    lag: dict[str, int] = {}
    dead: dict[str, int] = {}
    for row in await platform.health.projection_progress():
        lag[row.projection] = lag.get(row.projection, 0) + row.head - row.position
        dead[row.projection] = dead.get(row.projection, 0) + row.dead_letters
    for projection, events in lag.items():
        LAG.labels(projection).set(events)
        DEAD_LETTERS.labels(projection).set(dead[projection])
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
