"""The template that is live is what models are told, with its wishes; its name and version are in the ledger."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from commands.template.approve_template import ApproveTemplate
from commands.template.draft_template import DraftTemplate
from commands.template.release_template import ReleaseTemplate
from commands.template.retire_template import RetireTemplate
from domain.ids import CallId
from domain.template.content import (
    Arm,
    Example,
    Preset,
    Section,
    TemplateContent,
    TemplatePurpose,
    Variable,
    VariableType,
)
from domain.template.decisions import NoSuchTemplate, TemplateRefused
from gateway.calls import AiRequest, Purpose, Speaker, Turn
from gateway.refusals import PromptDoesNotFit
from tests.gateway.test_calling_a_model import TEXT, asked, called, set_for
from tests.gateway.test_providers_over_the_wire import ANTHROPIC, OPENAI, House, house
from tests.support.world import Tenant, open_tenant

__all__ = ["house"]

AUDIENCE = Variable(name="audience", type=VariableType.TEXT, required=False, characters_max=100)


def content(system: str = "Sum it up for {{ audience or 'everybody' }}.", **differences: Any) -> TemplateContent:
    wished = {"description": "", "user": "<<<{{ selection }}>>>", "variables": (AUDIENCE,), "model": OPENAI}
    return TemplateContent(purpose=TemplatePurpose.SUMMARISE, system=system, **{**wished, **differences})


async def live(house: House, tenant: Tenant, name: str, *contents: TemplateContent, weights: tuple[int, ...]) -> None:
    execute = house.colophon.platform.executor.execute
    for number, one in enumerate(contents, start=1):
        await execute(DraftTemplate(name=name, content=one), tenant.adam.command())
        await execute(ApproveTemplate(name=name, version=number), tenant.olga.command())
    arms = tuple(Arm(version=number, weight=weight) for number, weight in enumerate(weights, start=1))
    await execute(ReleaseTemplate(name=name, arms=arms), tenant.adam.command())


def sent(house: House) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = house.first.received[-1]["messages"]
    return messages


async def test_what_is_live_in_one_tenant_is_told_to_nobody_in_another(house: House) -> None:
    globex = await open_tenant(house.colophon, "Globex")
    await set_for(house.colophon, globex, "ai.cache_seconds", 0)
    await live(house, house.acme, "summarise", content("canary nightingale"), weights=(100,))
    _, mine = await called(house.colophon, house.acme.ana, asked())
    assert (mine.settled.template, mine.settled.template_version) == ("summarise", 1)
    assert "nightingale" in str(sent(house))
    _, theirs = await called(house.colophon, globex.ana, asked(model=OPENAI))
    assert (theirs.settled.template, theirs.settled.template_version) == ("summarise", 0)
    assert "nightingale" not in str(sent(house))
    await live(house, house.acme, "secret-tone", content(), weights=(100,))
    with pytest.raises(NoSuchTemplate):
        await called(house.colophon, globex.ana, asked(template="secret-tone"))


async def test_a_template_says_by_whom_how_freely_and_how_long_unless_the_caller_does(house: House) -> None:
    example = Example(asked="Ask.", answered="Answer.")
    wished = content(preset=Preset.CREATIVE, output_tokens_max=300, examples=(example,))
    await live(house, house.acme, "summarise", wished, weights=(100,))
    _, answer = await called(house.colophon, house.acme.ana, asked(values={"audience": "{{ 7*7 }}"}))
    request = house.first.received[-1]
    assert f"{answer.settled.provider}/{answer.settled.model}" == OPENAI
    assert (request["temperature"], request["max_completion_tokens"]) == (0.9, 300)
    assert [message["role"] for message in sent(house)] == ["system", "user", "assistant", "user"]
    assert sent(house)[0]["content"] == "Sum it up for {{ 7*7 }}."
    await called(house.colophon, house.acme.ana, asked(temperature=0.1, output_tokens_max=200, model=OPENAI))
    request = house.first.received[-1]
    assert (request["temperature"], request["max_completion_tokens"]) == (0.1, 200)
    # a model that takes no temperature is called without one
    await called(house.colophon, house.acme.ana, asked(model=ANTHROPIC))
    assert "temperature" not in house.first.received[-1]


async def test_a_template_is_used_by_its_name_for_the_work_that_it_is_for(house: House) -> None:
    await live(house, house.acme, "house-tone", content(), weights=(100,))
    _, answer = await called(house.colophon, house.acme.ana, asked(template="house-tone"))
    assert (answer.settled.template, answer.settled.template_version) == ("house-tone", 1)
    for wrong, refusal in (
        ({"template": "nobody"}, NoSuchTemplate),
        ({"template": "chat"}, TemplateRefused),
        ({"template": "house-tone", "values": {"audience": 7}}, TemplateRefused),
        ({"template": "house-tone", "values": {"tone": "soft"}}, TemplateRefused),
    ):
        with pytest.raises(refusal):
            await called(house.colophon, house.acme.ana, asked(**wrong))


async def test_a_retired_version_gives_way_to_what_comes_with_the_platform_at_once(house: House) -> None:
    await live(house, house.acme, "summarise", content(), weights=(100,))
    await called(house.colophon, house.acme.ana, asked())
    await house.colophon.platform.executor.execute(
        RetireTemplate(name="summarise", version=1), house.acme.adam.command()
    )
    _, answer = await called(house.colophon, house.acme.ana, asked(model=OPENAI))
    assert answer.settled.template_version == 0


async def test_a_member_keeps_the_version_that_was_drawn_and_the_ledger_says_which(house: House) -> None:
    await live(house, house.acme, "summarise", content("one"), content("two"), weights=(50, 50))
    told = {(await called(house.colophon, house.acme.ana, asked()))[1].settled.experiment for _ in range(6)}
    assert len(told) == 1
    assert told <= {"summarise-template:1", "summarise-template:2"}
    await set_for(house.colophon, house.acme, "ai.template_draw", "call")
    calls = [(await called(house.colophon, house.acme.ana, asked()))[1].settled for _ in range(30)]
    assert {call.experiment for call in calls} == {"summarise-template:1", "summarise-template:2"}
    assert all(call.experiment.endswith(str(call.template_version)) for call in calls)


async def test_an_answer_under_one_version_is_not_given_again_under_another(house: House) -> None:
    await set_for(house.colophon, house.acme, "ai.cache_seconds", 300)
    same = content("the very same")
    await live(house, house.acme, "summarise", same, same, weights=(100,))
    assert not (await called(house.colophon, house.acme.ana, asked()))[1].settled.cached
    assert (await called(house.colophon, house.acme.ana, asked()))[1].settled.cached
    await house.colophon.platform.executor.execute(
        ReleaseTemplate(name="summarise", arms=(Arm(version=2),)), house.acme.adam.command()
    )
    assert not (await called(house.colophon, house.acme.ana, asked()))[1].settled.cached


async def test_a_creative_answer_is_not_given_again(house: House) -> None:
    await set_for(house.colophon, house.acme, "ai.cache_seconds", 300)
    await live(house, house.acme, "summarise", content(preset=Preset.CREATIVE), weights=(100,))
    for _ in range(2):
        assert not (await called(house.colophon, house.acme.ana, asked()))[1].settled.cached


async def test_what_there_was_no_room_for_is_told(house: House) -> None:
    await set_for(house.colophon, house.acme, "ai.prompt_tokens_max", 500)
    many = tuple(Example(asked="word " * 200, answered="word " * 200) for _ in range(3))
    await live(house, house.acme, "summarise", content(examples=many), weights=(100,))
    _, answer = await called(house.colophon, house.acme.ana, asked())
    assert "no room in the prompt for 3 of the examples" in answer.notice
    assert ("prompt.room", "cut:examples=3") in answer.settled.verdicts
    assert [message["role"] for message in sent(house)] == ["system", "user"]
    with pytest.raises(PromptDoesNotFit):
        await called(house.colophon, house.acme.ana, asked(variables={"selection": "word " * 2_000}))
    cuts_text = content(gives_way=(Section.SELECTION,))
    await live(house, house.acme, "short", cuts_text, weights=(100,))
    long = asked(template="short", variables={"selection": "word " * 2_000})
    _, answer = await called(house.colophon, house.acme.ana, long)
    assert "characters at the end of the text" in answer.notice


async def test_a_clients_own_messages_are_held_to_the_same_length(house: House) -> None:
    await set_for(house.colophon, house.acme, "ai.prompt_tokens_max", 500)
    said = (Turn(Speaker.USER, "What?"), Turn(Speaker.ASSISTANT, TEXT * 100), Turn(Speaker.USER, "Again."))
    request = AiRequest(call_id=CallId(uuid7()), purpose=Purpose.COMPLETION, turns=said, model=OPENAI)
    with pytest.raises(PromptDoesNotFit):
        await called(house.colophon, house.acme.ana, request)
