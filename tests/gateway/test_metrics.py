"""Prometheus counts what models do, and never for whom."""

import pytest
from httpx import AsyncClient
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from app.bootstrap import Colophon
from domain.ai.steps import CallStep
from gateway.breaker import CircuitRules
from gateway.metrics import observed
from gateway.providers.port import FailureKind, ProviderFailed
from gateway.refusals import BudgetExceeded
from tests.gateway.test_calling_a_model import asked, called, set_for
from tests.support.world import Tenant
from tests.usage.calls import settled

LOCAL = {"provider": "local", "model": "extractive"}


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_a_call_is_counted_by_its_model_and_its_end(colophon: Colophon, acme: Tenant) -> None:
    before = [value("colophon_ai_seconds_count", **LOCAL), value("colophon_ai_first_token_seconds_count", **LOCAL)]
    asked_before = value("colophon_ai_attempts_total", model="local/extractive", outcome="answered")
    await called(colophon, acme.ana, asked())
    after = [value("colophon_ai_seconds_count", **LOCAL), value("colophon_ai_first_token_seconds_count", **LOCAL)]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1]
    assert value("colophon_ai_attempts_total", model="local/extractive", outcome="answered") == asked_before + 1


async def test_what_a_budget_refuses_is_counted_by_the_budget(colophon: Colophon, acme: Tenant) -> None:
    await set_for(colophon, acme, "ai.tenant_day_micros", 1)
    code = {"code": BudgetExceeded.code}
    before = (
        value("colophon_ai_not_answered_total", **code),
        value("colophon_ai_budget_refused_total", scope="tenant_day"),
    )
    with pytest.raises(BudgetExceeded):
        await called(colophon, acme.ana, asked())
    assert value("colophon_ai_not_answered_total", **code) == before[0] + 1
    assert value("colophon_ai_budget_refused_total", scope="tenant_day") == before[1] + 1


def test_answers_that_stand_in_and_those_given_again_are_counted_apart(acme: Tenant) -> None:
    model = {"provider": "metrics", "model": "small"}
    failed = CallStep(
        kind="attempt", name="metrics/large", began_microseconds=0, took_microseconds=9, outcome="unavailable"
    )
    good = CallStep(kind="attempt", name="metrics/small", began_microseconds=9, took_microseconds=9, outcome="answered")
    names = {
        "degraded": ("colophon_ai_degraded_total", {"kind": "smaller"}),
        "cached": ("colophon_ai_cached_total", {"purpose": "metrics"}),
        "fallbacks": ("colophon_ai_fallbacks_total", {"purpose": "metrics"}),
        "failed": ("colophon_ai_attempts_total", {"model": "metrics/large", "outcome": "unavailable"}),
        "seconds": ("colophon_ai_seconds_count", model),
        "pace": ("colophon_ai_tokens_per_second_sum", model),
    }
    before = {key: value(name, **labels) for key, (name, labels) in names.items()}
    times = {"latency_milliseconds": 2_003, "first_token_milliseconds": 3, "output_tokens": 41}
    observed(settled(acme.ana, **model, purpose="metrics", degraded="smaller", steps=(failed, good), **times))
    observed(settled(acme.ana, **model, purpose="metrics", cached=True))
    counted = {key: value(name, **labels) - before[key] for key, (name, labels) in names.items()}
    assert counted == {"degraded": 1, "cached": 1, "fallbacks": 1, "failed": 1, "seconds": 1, "pace": 20}


async def test_a_scrape_shows_circuits_and_names_nobody(colophon: Colophon, acme: Tenant, client: AsyncClient) -> None:
    name, breaker = "metrics/broken", colophon.platform.breaker
    for _ in range(5):
        breaker.failed(name, ProviderFailed(FailureKind.UNAVAILABLE, "down"), CircuitRules())
    await called(colophon, acme.ana, asked())
    scraped = (await client.get("/metrics")).text
    circuits = {
        sample.labels["state"]: sample.value
        for family in text_string_to_metric_families(scraped)
        for sample in family.samples
        if sample.name == "colophon_ai_circuit" and sample.labels["model"] == name
    }
    assert circuits == {"closed": 0, "open": 1, "half_open": 0, "cooling": 0}
    for who in (acme.tenant_id, acme.ana.member_id, acme.ana.key_id):
        assert str(who) not in scraped
    assert "tenant=" not in scraped
    assert "member=" not in scraped
