"""The operator's templates: every tenant is given them, may put its own in their place, and sees no other tenant's."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient
from uuid_utils.compat import uuid7

from api.rest.template_models import ContentModel
from app.bootstrap import Colophon
from app.operator import Operator
from commands.template.approve_template import ApproveTemplate
from commands.template.draft_template import DraftTemplate
from commands.template.release_template import ReleaseTemplate
from commands.template.retire_template import RetireTemplate
from domain.ids import PLATFORM
from domain.template.content import Arm
from tests.gateway.test_calling_a_model import asked, called
from tests.graphql.conftest import Ask, ask  # noqa: F401  # a fixture
from tests.prompts.test_templates_over_rest import CONTENT, approved, drafted, released
from tests.support.world import Person, Tenant

CANARY = "canary nightingale"
CONTENT_FOR_ALL = {
    **CONTENT,
    "purpose": "summarise",
    "variables": [],
    "model": "auto",
    "system": "You summarise a text.",
}
QUERY = """query($name: String!) { promptTemplate(name: $name) {
  byOperator builtIn newest live { version } versions { version system }
} }"""


class House:
    """What the operator does with one template for all tenants."""

    def __init__(self, colophon: Colophon) -> None:
        self.name = f"letter-{uuid7().hex[-8:]}"
        self.path = f"/api/v1/templates/{self.name}"
        self.published: list[int] = []
        self._colophon = colophon

    async def does(self, command: object) -> None:
        operator = Operator(self._colophon)
        await operator.execute(command, operator.context(PLATFORM))
        self._colophon.platform.policies.forget(PLATFORM)

    async def publishes(self, number: int, **differences: object) -> None:
        content = ContentModel.model_validate(CONTENT_FOR_ALL | differences).content()
        await self.does(DraftTemplate(name=self.name, content=content))
        await self.does(ApproveTemplate(name=self.name, version=number))
        await self.does(ReleaseTemplate(name=self.name, arms=(Arm(version=number),)))
        self.published.append(number)


@pytest.fixture
async def house(colophon: Colophon) -> AsyncIterator[House]:
    """Withdrawn at the end: other tests have tenants here, too."""
    house = House(colophon)
    yield house
    for number in house.published:
        await house.does(RetireTemplate(name=house.name, version=number))


async def told(colophon: Colophon, who: Person, name: str) -> tuple[str, int]:
    """Under which name and version a call with this template is recorded."""
    _, answer = await called(colophon, who, asked(template=name))
    return answer.settled.template, answer.settled.template_version


async def test_every_tenant_has_it_until_it_has_its_own_which_no_other_tenant_sees(
    client: AsyncClient,
    colophon: Colophon,
    acme: Tenant,
    globex: Tenant,
    house: House,
    ask: Ask,  # noqa: F811
) -> None:
    assert (await client.get(house.path, headers=acme.adam.headers)).status_code == 404
    await house.publishes(1)
    await house.publishes(2, description="For everybody.")
    for tenant in (acme, globex):
        assert await told(colophon, tenant.ana, house.name) == (f"house/{house.name}", 2)
        shown = (await client.get(house.path, headers=tenant.adam.headers)).json()
        assert (shown["by_operator"], shown["built_in"], shown["newest"]) == (True, False, 0)
        assert shown["live"] == [{"version": 0, "weight": 100}]
        # What the operator wrote before, and who, is no tenant's.
        assert [(one["version"], one["content"]["description"]) for one in shown["versions"]] == [(0, "For everybody.")]
    # when one of them writes its own
    await drafted(client, acme.adam, house.path, **{**CONTENT_FOR_ALL, "system": CANARY})
    assert await told(colophon, acme.ana, house.name) == (f"house/{house.name}", 2)
    await approved(client, acme.adam, 1, house.path)
    await released(client, acme.adam, (1, 100), path=house.path)
    # then its members are told that, and nobody else is
    assert await told(colophon, acme.ana, house.name) == (house.name, 1)
    assert await told(colophon, globex.ana, house.name) == (f"house/{house.name}", 2)
    for path in (house.path, "/api/v1/templates"):
        assert CANARY not in (await client.get(path, headers=globex.adam.headers)).text
    theirs = (await ask(globex.adam, QUERY, name=house.name))["data"]["promptTemplate"]
    assert (theirs["byOperator"], theirs["newest"], theirs["live"]) == (True, 0, [{"version": 0}])
    assert [one["system"] for one in theirs["versions"]] == ["You summarise a text."]
    own = (await ask(acme.adam, QUERY, name=house.name))["data"]["promptTemplate"]
    assert (own["newest"], own["live"], [one["version"] for one in own["versions"]]) == (1, [{"version": 1}], [1, 0])
    # and without its own it has the operator's again
    await client.delete(f"{house.path}/versions/1", headers=acme.adam.headers)
    assert await told(colophon, acme.ana, house.name) == (f"house/{house.name}", 2)


async def test_no_tenant_changes_it_and_withdrawn_it_is_gone(client: AsyncClient, acme: Tenant, house: House) -> None:
    await house.publishes(1)
    for refused in (
        await approved(client, acme.adam, 1, house.path),
        await released(client, acme.adam, (1, 100), path=house.path),
        await client.delete(f"{house.path}/versions/1", headers=acme.adam.headers),
    ):
        assert refused.status_code == 404
    preview: dict[str, Any] = {"name": house.name, "version": 0, "selection": "The calibration takes four weeks."}
    seen = await client.post("/api/v1/templates/previews", json=preview, headers=acme.adam.headers)
    assert seen.json()["turns"][0]["text"] == "You summarise a text."
    await house.does(RetireTemplate(name=house.name, version=1))
    assert (await client.get(house.path, headers=acme.adam.headers)).status_code == 404
    assert house.name not in (await client.get("/api/v1/templates", headers=acme.adam.headers)).text
