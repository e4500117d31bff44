"""Models of a route may share the first place by weight; who was drawn is in the ledger, and the others follow."""

from collections import Counter

import pytest
from uuid_utils.compat import uuid7

from domain.ids import CallId
from domain.settings.routes import weighed
from tests.gateway.test_calling_a_model import asked, called, set_for
from tests.gateway.test_providers_over_the_wire import ANTHROPIC, OPENAI, SECOND, House

CALLS = 12


@pytest.mark.parametrize(
    ("entry", "model", "weight"),
    [
        ("azure-eu/gpt-4o@90", "azure-eu/gpt-4o", 90),
        ("azure-eu/gpt-4o@0", "azure-eu/gpt-4o", 0),
        ("azure-eu/gpt-4o", "azure-eu/gpt-4o", None),
        ("vertex/claude@20250514", "vertex/claude@20250514", None),
        ("vertex/bison@001", "vertex/bison@001", None),
        ("a/b@101", "a/b@101", None),
        ("cloud/@cf/meta@5", "cloud/@cf/meta", 5),
    ],
)
def test_a_weight_stands_after_the_model_and_is_no_date(entry: str, model: str, weight: int | None) -> None:
    assert weighed(entry) == (model, weight)


async def drawn(house: House, draw: str) -> Counter[str]:
    await set_for(house.colophon, house.acme, "ai.route_draw", draw)
    await set_for(house.colophon, house.acme, "ai.route.small", [f"{OPENAI}@50", f"{ANTHROPIC}@50", SECOND])
    experiments: Counter[str] = Counter()
    for _ in range(CALLS):
        _, answer = await called(house.colophon, house.acme.ana, asked())
        assert answer.settled.experiment == f"small-route:{answer.settled.provider}/{answer.settled.model}"
        experiments[answer.settled.experiment] += 1
    return experiments


async def test_weights_are_drawn_for_each_call_and_the_ledger_tells_for_whom(house: House) -> None:
    # One of 2^11 runs draws only one of them.
    assert set(await drawn(house, "call")) == {f"small-route:{OPENAI}", f"small-route:{ANTHROPIC}"}


async def test_a_member_stays_with_who_was_drawn_once(house: House) -> None:
    assert list((await drawn(house, "member")).values()) == [CALLS]


async def test_the_same_call_is_drawn_the_same_and_the_others_follow_who_fails(house: House) -> None:
    house.first.status = 400
    await set_for(house.colophon, house.acme, "ai.route.small", [f"{ANTHROPIC}@0", f"{OPENAI}@100", SECOND])
    _, answer = await called(house.colophon, house.acme.ana, asked(call_id=CallId(uuid7())))
    assert answer.settled.experiment == f"small-route:{OPENAI}"
    refused = (f"{OPENAI}: refused", f"{ANTHROPIC}: refused")
    assert answer.settled.attempts == (*refused, f"{SECOND}: answered")
