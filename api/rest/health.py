"""Liveness, readiness and metrics, for whoever operates this."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from api.authentication import PlatformDep
from gateway.metrics import show_circuits

router = APIRouter(include_in_schema=False)

LAG = Gauge("colophon_projection_lag_events", "Events not yet taken, over all tenants.", ["projection"])
LAG_SECONDS = Gauge("colophon_projection_lag_seconds", "Age of the oldest event not yet taken.", ["projection"])
BUILDING = Gauge("colophon_projection_building", "Tenants for whom another version is being built.", ["projection"])
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
    for progress in await platform.health.projection_progress():
        LAG.labels(progress.projection).set(progress.lag_events)
        LAG_SECONDS.labels(progress.projection).set(progress.lag_seconds)
        BUILDING.labels(progress.projection).set(progress.building)
        DEAD_LETTERS.labels(progress.projection).set(progress.dead_letters)
    show_circuits(platform.breaker.states())
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
