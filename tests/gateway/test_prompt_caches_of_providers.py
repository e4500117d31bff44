"""Providers keep what is the same in each prompt of a caller, for its tenant alone; sources stand behind it."""

from typing import Any

from uuid_utils.compat import uuid7

from domain.ids import CallId
from gateway.calls import AiRequest, Purpose, Speaker, Turn
from gateway.providers.port import KEPT_CHARACTERS_MIN
from tests.gateway.test_calling_a_model import called, set_for
from tests.gateway.test_prompts_hold_data_not_orders import passage
from tests.gateway.test_providers_over_the_wire import ANTHROPIC, OPENAI, House, house  # noqa: F401  # a fixture
from tests.support.world import Person, open_tenant

LONG = "You answer for the laboratory. " * (KEPT_CHARACTERS_MIN // 30)


async def sent(house: House, who: Person, model: str, system: str = LONG) -> dict[str, Any]:  # noqa: F811
    request = AiRequest(
        call_id=CallId(uuid7()),
        purpose=Purpose.COMPLETION,
        model=model,
        turns=(Turn(Speaker.SYSTEM, system), Turn(Speaker.USER, f"How long does it take, {uuid7()}?")),
        passages=(passage("Calibration takes four weeks."),),
    )
    await called(house.colophon, who, request)
    return house.first.received[-1]


async def test_the_callers_own_beginning_is_marked_and_what_differs_stands_behind_it(house: House) -> None:  # noqa: F811
    first, again = [await sent(house, house.acme.ana, ANTHROPIC) for _ in range(2)]
    word, kept, sources = first["system"]
    assert kept == {"type": "text", "text": LONG, "cache_control": {"type": "ephemeral"}}
    assert "Calibration takes four weeks." in sources["text"]
    assert "cache_control" not in sources
    assert again["system"][:2] == [word, kept]
    assert again["system"][2] != sources, "the fences are each call's own"


async def test_tenants_share_nothing_that_is_kept(house: House) -> None:  # noqa: F811
    globex = await open_tenant(house.colophon, "Globex")
    marked = [(await sent(house, who, ANTHROPIC))["system"][0]["text"] for who in (house.acme.ana, globex.ana)]
    asked = [await sent(house, who, OPENAI) for who in (house.acme.ana, globex.ana)]
    keyed = [one["prompt_cache_key"] for one in asked]
    assert len({*keyed}) == len({*marked}) == 2
    assert [one["messages"][0]["content"] for one in asked] == marked, "the beginning itself differs"
    assert marked == [f"({key})" for key in keyed]
    colleague = await sent(house, house.acme.adam, OPENAI)
    assert colleague["prompt_cache_key"] == keyed[0]
    assert str(house.acme.tenant_id) not in house.first.prompts


async def test_what_is_short_or_not_wanted_is_not_marked(house: House) -> None:  # noqa: F811
    short = await sent(house, house.acme.ana, ANTHROPIC, "Be brief.")
    assert short["system"].startswith("Be brief.\n\nPassages of the organisation")
    await set_for(house.colophon, house.acme, "ai.prompt_cache", value=False)
    assert isinstance((await sent(house, house.acme.ana, ANTHROPIC))["system"], str)
    off = await sent(house, house.acme.ana, OPENAI)
    assert "prompt_cache_key" not in off
    assert [message["role"] for message in off["messages"]] == ["system", "system", "user"]
    assert off["messages"][0]["content"] == LONG
