"""What a hosted model is given: nobody of the tenant by name, nothing that the tenant's patterns match, in any part."""

import json

import pytest
from uuid_utils.compat import uuid7

from commands.knowledge.define_term import DefineTerm
from domain.ids import TermId
from gateway.calls import AiRequest, Purpose, Speaker, Structure, Tool, ToolCall, Turn
from gateway.masking import Mask
from gateway.personal.names import names_of
from gateway.personal.patterns import Patterns
from gateway.refusals import PromptRefused
from infra import clock
from tests.gateway.test_calling_a_model import asked, called, set_for
from tests.gateway.test_providers_over_the_wire import OPENAI, House, house  # noqa: F401  # a fixture
from tests.support.world import open_tenant

SLOW = r"(a|aa)+$"


def selection(text: str) -> AiRequest:
    return asked(model=OPENAI, variables={"selection": text})


async def test_members_are_not_named_and_come_back(house: House) -> None:  # noqa: F811
    name = house.acme.ana.name
    house.first.pieces = ["Ask [NA", "ME_1]."]
    text, answer = await called(house.colophon, house.acme.ana, selection(f"{name} calibrates; ask {name.upper()}."))
    assert name.lower() not in house.first.prompts.lower()
    assert text == f"Ask {name}."
    assert dict(answer.settled.masked)["name"] == 2


async def test_people_of_another_tenant_are_strangers_here(house: House) -> None:  # noqa: F811
    globex = await open_tenant(house.colophon, "Globex")
    await house.colophon.platform.executor.execute(
        DefineTerm(term_id=TermId(uuid7()), term="Quintus Zellweger", definition="Person: runs the laboratory."),
        globex.olga.command(),
    )
    await called(house.colophon, house.acme.ana, selection("Quintus Zellweger calibrates."))
    assert "Quintus Zellweger" in house.first.prompts
    await set_for(house.colophon, globex, "ai.cache_seconds", 0)
    house.first.received.clear()
    await called(house.colophon, globex.ana, selection("Quintus Zellweger calibrates."))
    assert "Zellweger" not in house.first.prompts


async def test_names_leave_where_the_tenant_wants_them_to(house: House) -> None:  # noqa: F811
    await set_for(house.colophon, house.acme, "ai.pii_names", value=False)
    await called(house.colophon, house.acme.ana, selection(f"{house.acme.ana.name} calibrates."))
    assert house.acme.ana.name in house.first.prompts


async def test_what_the_tenants_patterns_match_does_not_leave(house: House) -> None:  # noqa: F811
    await set_for(house.colophon, house.acme, "ai.pii_patterns", [r"\bPRJ-\d{4}\b"])
    _, answer = await called(house.colophon, house.acme.ana, selection("PRJ-1234 is late, PRJ-12345 is not."))
    assert "PRJ-1234 " not in house.first.prompts
    assert "PRJ-12345" in house.first.prompts
    assert dict(answer.settled.masked) == {"custom": 1}


async def test_a_pattern_that_takes_too_long_lets_nothing_leave(house: House) -> None:  # noqa: F811
    await set_for(house.colophon, house.acme, "ai.pii_patterns", [SLOW])
    with pytest.raises(PromptRefused, match="too long"):
        await called(house.colophon, house.acme.ana, selection("a" * 80 + "b"))
    assert house.first.received == []


async def test_tools_and_what_they_answered_are_masked_too(house: House) -> None:  # noqa: F811
    tool = Tool(
        name="mail",
        description="Writes to ana.lind@acme.example.",
        parameters={"type": "object", "properties": {"to": {"enum": ["bo.berg@acme.example"]}}},
    )
    call = ToolCall(id="1", name="mail", arguments=json.dumps({"to": "cy.dahl@acme.example"}))
    wish = asked(
        model=OPENAI,
        purpose=Purpose.COMPLETION,
        variables={},
        turns=(
            Turn(Speaker.USER, "Write."),
            Turn(Speaker.ASSISTANT, "", tool_calls=(call,)),
            Turn(Speaker.TOOL, "eve.falk@acme.example has it.", tool_call_id="1"),
            Turn(Speaker.USER, "Thanks."),
        ),
        tools=(tool,),
        structure=Structure(name="s", schema={"type": "object", "description": "of gil.hart@acme.example"}),
    )
    await called(house.colophon, house.acme.ana, wish)
    assert "@acme.example" not in house.first.prompts
    assert "[EMAIL_" in house.first.prompts


def test_a_models_arguments_come_back_as_json() -> None:
    mask = Mask()
    people = names_of(['Bo "Bear" Berg'])
    hidden = mask.hide('Write to Bo "Bear" Berg', people.find('Write to Bo "Bear" Berg'))
    assert "Berg" not in hidden
    call = mask.shown_call(ToolCall(id="1", name="mail", arguments='{"to": "[NAME_1]"}'))
    assert json.loads(call.arguments) == {"to": 'Bo "Bear" Berg'}


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Ewelina Kowalska pisze.", "Ewelina Kowalska"),
        ("Oddaj to Ewelinie Kowalskiej.", "Ewelinie Kowalskiej"),
        ("KOWALSKA E. nie odpowiada.", "KOWALSKA"),
        ("Kowalska, Ewelina", "Kowalska, Ewelina"),
        ("Ewelina's report", "Ewelina's"),
        ("mark this and will it", ""),
        ("Mark Will signs.", "Mark Will"),
    ],
)
def test_a_name_is_found_in_the_forms_of_its_language(text: str, hidden: str) -> None:
    found = names_of(["Ewelina Kowalska", "Mark Will"]).find(text)
    assert {text[one.start : one.end] for one in found if text[one.start : one.end] == hidden} == ({hidden} - {""})
    if not hidden:
        assert not found


def test_no_pattern_takes_longer_than_it_may() -> None:
    begun = clock.now()
    with pytest.raises(PromptRefused):
        Patterns((SLOW,)).find("a" * 100 + "b")
    assert (clock.now() - begun).total_seconds() < 5
