"""What a threshold would have made of a tenant's own rated calls: near the truth, or an honest refusal."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from httpx import AsyncClient
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from bench.confidence.answers import TASKS, answered
from bench.confidence.replay import outcome
from commands.event_log import StreamWrite
from domain.ai.events import AiCallRated, Judgement
from domain.ids import CallId, StreamId
from gateway.confidence.calibration import WEIGHT_MAX, Labelled, calibrated, expected_of
from gateway.confidence.replaying import LARGER_MIN, Decided, replayed
from tests.gateway.test_providers_over_the_wire import OPENAI
from tests.graphql.conftest import ask  # noqa: F401  # a fixture
from tests.support.world import Tenant
from tests.usage.calls import settled

Ask = Callable[..., Awaitable[dict[str, Any]]]

QUERY = """query($threshold: Float) { confidenceReplay(threshold: $threshold) { thresholdPermille tasks {
  purpose model labelled largerLabelled reason
  estimate { quality { value low high } saving { value } escalated { value } tried qualitySmall qualityLarger }
} } }"""
LIVED_THRESHOLD, EXPLORED_PERMILLE = 0.6, 50


def lived(number: int, *, static: int, task: int = 0, seed: int = 0) -> tuple[Sequence[Decided], Sequence[Any]]:
    """Calls as a tenant has them, first by a static route, then judged; and what nobody could see, either answer."""
    rows = list(answered(TASKS[task], number, seed=seed))
    learnt = calibrated([Labelled(signals=row.signals, good=row.small_is_good) for row in rows[:static]])
    assert learnt is not None
    draw = random.Random(seed)
    log = []
    for at, row in enumerate(rows):
        explored = at >= static and draw.random() < EXPLORED_PERMILLE / 1000
        escalated = at >= static and (learnt.probability(row.signals) < LIVED_THRESHOLD) is not explored
        chance = EXPLORED_PERMILLE if explored else 1000 - EXPLORED_PERMILLE
        log.append(
            Decided(
                signals=row.signals,
                escalated=escalated,
                useless=False,
                propensity_permille=1000 if at < static else chance,
                good=row.large_is_good if escalated else row.small_is_good,
                small_micros=row.small_micros,
                larger_micros=row.large_micros if escalated else 0,
            )
        )
    return log, rows


def test_the_intervals_of_nineteen_in_twenty_hold_what_would_have_come_of_it() -> None:
    inside, errors = 0, []
    for seed in range(12):
        log, rows = lived(2_000, static=600, task=seed % len(TASKS), seed=seed)
        chances = expected_of([_labelled(row) for row in log])
        estimate = replayed(log, 0.5).estimate
        assert estimate is not None
        truth = outcome(rows, lambda at, of=chances: of[at] < 0.5)  # type: ignore[misc]
        inside += estimate.quality.low <= truth.good <= estimate.quality.high
        errors.append(estimate.quality.value - truth.good)
        always = sum(row.large_micros for row in rows) / len(rows)
        assert estimate.escalated.value == truth.escalated
        assert estimate.saving.value == pytest.approx(1 - truth.micros / always, abs=0.02)
        for figure in (estimate.quality, estimate.saving, estimate.escalated):
            assert figure.low <= figure.value <= figure.high
        assert estimate.quality_small < estimate.quality_larger
        assert 0.5 < estimate.tried <= 1
    assert inside >= 10
    assert sum(errors) / len(errors) == pytest.approx(0, abs=0.01)


def _labelled(row: Decided) -> tuple[Labelled, bool]:
    weight = min(WEIGHT_MAX, 1000 / row.propensity_permille)
    return Labelled(signals=row.signals, good=row.good, weight=weight), row.escalated


def test_too_few_ratings_are_no_estimate_but_a_reason() -> None:
    log, _ = lived(1_000, static=600)
    small, larger = [row for row in log if not row.escalated], [row for row in log if row.escalated]
    few = replayed([*small[:299], *larger], 0.7)
    assert (few.estimate, few.labelled, few.reason) == (
        None, 299 + len(larger), "299 of 300 answers of the small model that it takes are rated.",
    )  # fmt: skip
    no_larger = replayed([*small, *larger[: LARGER_MIN - 1]], 0.7)
    assert (no_larger.estimate, no_larger.larger_labelled) == (None, LARGER_MIN - 1)
    assert no_larger.reason == "29 of 30 answers of a larger model that it takes are rated."
    alike = replayed([replace(row, good=True) for row in small], 0.7)
    assert alike.estimate is None
    assert "alike" in alike.reason


async def recorded(colophon: Colophon, tenant: Tenant, log: Sequence[Decided]) -> None:
    """Take such calls and their ratings into the tenant's log."""
    writes = []
    for row in log:
        call_id = CallId(uuid7())
        judgement = Judgement(
            model=OPENAI, signals=row.signals, confidence_permille=500, threshold_permille=600, labelled=400,
            escalated=row.escalated, explored=False, propensity_permille=row.propensity_permille,
        )  # fmt: skip
        call = settled(
            tenant.ana, call_id=call_id, purpose="summarise", template="summarise", provider="openai",
            model="gpt-4o" if row.escalated else OPENAI.partition("/")[2], judgement=judgement,
            cost_micros=row.small_micros + row.larger_micros,
            other_legs_micros=row.small_micros if row.escalated else 0,
        )  # fmt: skip
        rating = AiCallRated(
            call_id=call_id, document_id=None, rating=5 if row.good else 1, comment="", rated_by=tenant.ana.member_id
        )
        writes.append(StreamWrite(StreamId(call_id), 0, [call, rating]))
    await colophon.platform.log.append(writes, tenant.operator)


async def test_who_may_read_usage_replays_their_own_calls_and_nobody_elses(
    client: AsyncClient,
    colophon: Colophon,
    acme: Tenant,
    globex: Tenant,
    ask: Ask,  # noqa: F811
) -> None:
    path = "/api/v1/confidence/replay"
    log, _ = lived(700, static=400)
    await recorded(colophon, acme, log)
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=acme.ana.headers)).status_code == 403
    assert (await ask(acme.ana, QUERY))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await client.get(path, headers=globex.olga.headers)).json()["tasks"] == []
    assert (await ask(globex.olga, QUERY))["data"]["confidenceReplay"]["tasks"] == []
    # the tenant's own threshold, where none is asked for
    answer = (await client.get(path, headers=acme.olga.headers)).json()
    (task,) = answer["tasks"]
    expected = replayed(log, 0.7)
    assert expected.estimate is not None
    assert answer["threshold_permille"] == 700
    assert (task["model"], task["labelled"], task["larger_labelled"]) == (OPENAI, 700, expected.larger_labelled)
    assert task["estimate"]["quality"]["value"] == pytest.approx(expected.estimate.quality.value)
    assert task["estimate"]["saving"]["value"] == pytest.approx(expected.estimate.saving.value, abs=0.001)
    assert task["estimate"]["tried"] == pytest.approx(expected.estimate.tried)
    # and another one
    other = (await client.get(path, params={"threshold": 0.2}, headers=acme.otto.headers)).json()["tasks"][0]
    assert other["estimate"]["escalated"]["value"] < task["estimate"]["escalated"]["value"]
    told = (await ask(acme.otto, QUERY, threshold=0.2))["data"]["confidenceReplay"]
    assert told["thresholdPermille"] == 200
    assert told["tasks"][0]["estimate"]["quality"] == pytest.approx(other["estimate"]["quality"])
    for wrong in ("1.2", "-0.1", "nan", "much"):
        assert (await client.get(path, params={"threshold": wrong}, headers=acme.olga.headers)).status_code == 422
    refused = await ask(acme.olga, QUERY, threshold=1.2)
    assert refused["errors"][0]["extensions"]["problem"] == "confidence.threshold_refused"
