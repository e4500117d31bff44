"""Several accounts of a kind behind one door: each has its name, its price and its powers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from app.bootstrap import Colophon, build
from app.web import create_app
from app.wiring.providers import Account, ProviderAccounts
from gateway.calls import FinishReason, Purpose, Speaker, Turn
from gateway.contracts import Agreed
from gateway.providers.capabilities import Declared
from gateway.providers.port import Capabilities
from gateway.providers.script import Performance, ScriptedModel
from gateway.refusals import NotInItsPower, UnknownModel
from gateway.tokens import Tokens
from tests.gateway.provider_calls import PERSON, WEATHER
from tests.gateway.test_calling_a_model import asked, called, set_for
from tests.support.model_server import ModelServer, model_server
from tests.support.wire import DONE, asks, chunk, counted, fragment
from tests.support.world import Tenant, installation, open_tenant

EU, US, VLLM = "azure-eu/house-gpt", "azure-us/gpt-4o-mini", "vllm-a/qwen"
PLAIN, STEADY, UNPRICED = "scripted/plain", "scripted/steady", "scripted-free/steady"
CHEAP = Agreed(input=100_000, output=200_000)
USED = Tokens(input=10, output=2)


@dataclass(frozen=True, slots=True)
class Accounts:
    colophon: Colophon
    acme: Tenant
    eu: ModelServer
    us: ModelServer


@asynccontextmanager
async def several(database_url: str) -> AsyncIterator[Accounts]:
    async with model_server() as eu, model_server() as us:
        deployments = (
            Account(
                name="azure-eu",
                kind="azure",
                key="az-eu",
                address=eu.url,
                agreed=CHEAP,
                models={"house-gpt": Declared(listed_as="gpt-4o-mini")},
            ),
            Account(name="azure-us", kind="azure", key="az-us", address=us.url),
            Account(name="vllm-a", kind="compatible", address=f"{us.url}/v1", agreed=CHEAP),
            Account(
                name="scripted",
                kind="scripted",
                agreed=CHEAP,
                script={
                    "steady": ScriptedModel(performances=(Performance(pieces=("As written.",), used=USED),)),
                    "plain": ScriptedModel(
                        performances=(Performance(pieces=("Plain.",), used=USED),),
                        capabilities=Capabilities(temperature=False, context_tokens_max=40),
                    ),
                },
            ),
            Account(name="scripted-free", kind="scripted"),
        )
        colophon = build(installation(database_url, providers=ProviderAccounts(deployments=deployments)))
        await colophon.start()
        acme = await open_tenant(colophon)
        await set_for(colophon, acme, "ai.cache_seconds", 0)
        yield Accounts(colophon, acme, eu, us)
        await colophon.stop()


@pytest.fixture
async def accounts(quiet_database: str) -> AsyncIterator[Accounts]:
    async with several(quiet_database) as found:
        yield found


async def routed(accounts: Accounts, *names: str) -> None:
    await set_for(accounts.colophon, accounts.acme, "ai.route.small", list(names))
    await set_for(accounts.colophon, accounts.acme, "ai.route.large", list(names))


async def test_one_account_of_a_kind_takes_over_from_the_other_each_at_its_own_price(accounts: Accounts) -> None:
    await routed(accounts, EU, US)
    _, first = await called(accounts.colophon, accounts.acme.ana, asked())
    accounts.eu.status = 503
    _, second = await called(accounts.colophon, accounts.acme.ana, asked())
    assert (first.settled.provider, second.settled.provider) == ("azure-eu", "azure-us")
    assert (accounts.eu.headers_received["api-key"], accounts.us.headers_received["api-key"]) == ("az-eu", "az-us")
    contract, listed = dict(first.settled.rates_micros_per_million), dict(second.settled.rates_micros_per_million)
    assert (contract["input"], contract["output"]) == (100_000, 200_000)
    assert listed["input"] == 150_000


@pytest.mark.parametrize(
    ("wish", "reason"),
    [({"temperature": 0.5}, "take a temperature"), ({"tools": (WEATHER,)}, "call tools")],
)
async def test_a_model_that_lacks_what_a_call_needs_is_left_out_with_its_reason(
    accounts: Accounts, wish: dict[str, Any], reason: str
) -> None:
    await routed(accounts, PLAIN, VLLM)
    _, answer = await called(accounts.colophon, accounts.acme.ana, asked(**wish))
    assert answer.settled.attempts == (f"{PLAIN}: cannot {reason}", f"{VLLM}: answered")


async def test_a_prompt_that_is_too_long_for_a_model_is_not_given_to_it(accounts: Accounts) -> None:
    await routed(accounts, PLAIN, STEADY)
    text, answer = await called(accounts.colophon, accounts.acme.ana, asked())
    assert text == "As written."
    assert answer.settled.attempts[0].startswith(f"{PLAIN}: cannot read a prompt of about ")
    assert "script" in answer.notice


A_SHORT_PROMPT = {"purpose": Purpose.COMPLETION, "variables": {}, "turns": (Turn(Speaker.USER, "Is it true?"),)}
"""Where nothing else stands in the way."""


@pytest.mark.parametrize(
    ("model", "wish"),
    [
        ("local/extractive", {"tools": (WEATHER,)}),
        ("local/extractive", {"structure": PERSON}),
        (PLAIN, {"temperature": 0.5, **A_SHORT_PROMPT}),
    ],
)
async def test_when_no_model_can_the_call_is_refused_before_anything_is_held(
    accounts: Accounts, model: str, wish: dict[str, Any]
) -> None:
    with pytest.raises(NotInItsPower, match="cannot"):
        await called(accounts.colophon, accounts.acme.ana, asked(model=model, **wish))


async def test_a_script_without_a_price_is_not_called(accounts: Accounts) -> None:
    with pytest.raises(UnknownModel):
        await called(accounts.colophon, accounts.acme.ana, asked(model=UNPRICED))


async def test_tool_calls_come_back_whole_and_with_their_own_names_unmasked(accounts: Accounts) -> None:
    accounts.us.events = [
        asks(fragment('{"to": "[EM', index=0, id="a", name="mail")),
        asks(fragment('AIL_1]"}', index=0)),
        chunk(finish="tool_calls"),
        counted(10, 2),
        DONE,
    ]
    wish = asked(model=VLLM, tools=(WEATHER,), variables={"selection": "Write to ana.lind@acme.example."})
    _, answer = await called(accounts.colophon, accounts.acme.ana, wish)
    assert answer.finish_reason is FinishReason.TOOL_CALLS
    assert [(call.name, call.arguments) for call in answer.tool_calls] == [("mail", '{"to": "ana.lind@acme.example"}')]


async def test_a_server_that_does_not_count_is_counted_here(accounts: Accounts) -> None:
    accounts.us.events = [chunk("Four weeks."), chunk(finish="length"), DONE]
    _, answer = await called(accounts.colophon, accounts.acme.ana, asked(model=VLLM))
    assert (answer.settled.estimated, answer.finish_reason) == (True, FinishReason.LENGTH)
    assert answer.settled.cost_micros > 0


async def test_the_accounts_are_listed_with_what_their_models_can_and_cost(accounts: Accounts) -> None:
    await routed(accounts, EU, VLLM)
    transport = ASGITransport(create_app(accounts.colophon))
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/api/v1/providers", headers=accounts.acme.adam.headers)
    listed = {one["name"]: one for one in answer.json()["accounts"]}
    assert list(listed) == ["local", "azure-eu", "azure-us", "vllm-a", "scripted", "scripted-free"]
    assert {one["kind"] for one in listed.values()} == {"local", "azure", "compatible", "scripted"}
    assert [one["name"] for one in listed.values() if one["offline"]] == ["local"]
    (house,) = listed["azure-eu"]["models"]
    assert (house["name"], house["priced"], house["circuit"], house["drained"]) == ("house-gpt", True, "closed", False)
    assert house["capabilities"] == {
        "tools": True, "structure": True, "temperature": True, "context_tokens_max": 128_000,
    }  # fmt: skip
    assert (house["rates"]["input_micros"], house["rates"]["output_micros"]) == (100_000, 200_000)
    assert [one["priced"] for one in listed["scripted-free"]["models"]] == [False]
    assert [one["name"] for one in listed["vllm-a"]["models"]] == ["qwen"]
    assert not {"az-eu", "az-us"} & set(answer.text.split('"'))


async def test_the_local_model_stops_where_it_is_told_to(accounts: Accounts) -> None:
    whole, _ = await called(accounts.colophon, accounts.acme.ana, asked(model="local/extractive"))
    text, _ = await called(accounts.colophon, accounts.acme.ana, asked(model="local/extractive", stop=("weeks",)))
    assert text == whole.partition("weeks")[0] != whole
