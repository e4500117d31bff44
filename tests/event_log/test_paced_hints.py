"""Who hears that a log has grown, and when: at once of what somebody waits for, now and then of typing."""

import asyncio
from uuid import uuid4

import pytest

from domain.ids import TenantId
from infra.event_store import paced_hints
from infra.event_store.paced_hints import PacedHints
from projections.freshness import Arrivals

ACME, GLOBEX = TenantId(uuid4()), TenantId(uuid4())


class Heard:
    """What was passed on, in order."""

    def __init__(self) -> None:
        self.tenants: list[TenantId] = []
        self._one_came = asyncio.Event()

    def __call__(self, tenant_id: TenantId) -> None:
        self.tenants.append(tenant_id)
        self._one_came.set()

    async def another(self) -> None:
        self._one_came.clear()
        await self._one_came.wait()


async def test_what_a_command_wrote_is_told_at_once() -> None:
    heard = Heard()
    PacedHints(heard).grown(ACME, is_awaited=True)
    assert heard.tenants == [ACME]


async def test_many_keys_are_told_together() -> None:
    heard = Heard()
    hints = PacedHints(heard)

    for _ in range(100):
        hints.grown(ACME, is_awaited=False)
    assert heard.tenants == []

    await heard.another()
    assert heard.tenants == [ACME]


async def test_typing_goes_on_being_told() -> None:
    heard = Heard()
    hints = PacedHints(heard)
    for _ in range(2):
        hints.grown(ACME, is_awaited=False)
        await heard.another()
    assert heard.tenants == [ACME, ACME]


async def test_a_command_takes_what_was_typed_before_it_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paced_hints, "GATHERED_SECONDS", 0.0)
    heard = Heard()
    hints = PacedHints(heard)

    hints.grown(ACME, is_awaited=False)
    hints.grown(ACME, is_awaited=True)
    hints.grown(GLOBEX, is_awaited=False)

    await heard.another()
    assert heard.tenants == [ACME, GLOBEX]


async def test_whoever_begins_to_wait_is_not_kept_waiting_by_the_pace() -> None:
    heard = Heard()
    hints, hurried = PacedHints(heard), list[bool]()
    arrivals = Arrivals(hurry=lambda tenant_id: hurried.append(hints.hurry(tenant_id)))
    hints.grown(ACME, is_awaited=False)
    hints.grown(GLOBEX, is_awaited=False)

    with arrivals.expected(ACME):
        assert heard.tenants == [ACME]

    with arrivals.expected(ACME):
        assert heard.tenants == [ACME], "there was nothing new to tell"
    assert hurried == [True, False]
