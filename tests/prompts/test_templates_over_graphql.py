"""Prompt templates over GraphQL: who may, nobody else's, from draft to live, and what would be told."""

from collections.abc import Awaitable, Callable
from typing import Any

from httpx import AsyncClient

from tests.graphql.conftest import ask  # noqa: F401  # a fixture
from tests.support.world import Tenant

Ask = Callable[..., Awaitable[dict[str, Any]]]
READ = "query($name: String!) { promptTemplate(name: $name) { name newest versions { version state system } } }"
LIST = "{ promptTemplates { name purpose live { version weight } } }"
PAYLOAD = "template { newest live { version weight } versions { version state } } userErrors { code problem }"
DRAFT = f"mutation($input: PromptTemplateDraftInput!) {{ promptTemplateDraft(input: $input) {{ {PAYLOAD} }} }}"
APPROVE = f"mutation($input: PromptTemplateVersionInput!) {{ promptTemplateApprove(input: $input) {{ {PAYLOAD} }} }}"
RETIRE = f"mutation($input: PromptTemplateVersionInput!) {{ promptTemplateRetire(input: $input) {{ {PAYLOAD} }} }}"
RELEASE = f"mutation($input: PromptTemplateReleaseInput!) {{ promptTemplateRelease(input: $input) {{ {PAYLOAD} }} }}"
PREVIEW = """
mutation($input: PromptPreviewInput!) {
  promptTemplatePreview(input: $input) {
    preview { turns { speaker text } tokensAbout model cut costMax { amount currency } }
    userErrors { problem }
  }
}
"""
CONTENT = {
    "purpose": "REWRITE",
    "system": "canary nightingale",
    "user": "<<<{{ selection }}>>> for {{ audience }}",
    "variables": [{"name": "audience", "charactersMax": 100}],
    "preset": "FACTUAL",
}


async def test_nobody_reads_or_writes_without_a_credential(client: AsyncClient) -> None:
    for query in (LIST, DRAFT, APPROVE, RELEASE, RETIRE, PREVIEW):
        answer = await client.post("/graphql", json={"query": query, "variables": {"input": {}}})
        assert answer.status_code == 401


async def test_one_tenants_templates_are_not_anothers(acme: Tenant, globex: Tenant, ask: Ask) -> None:  # noqa: F811
    await ask(acme.adam, DRAFT, input={"name": "tone", "content": CONTENT})
    assert "nightingale" in str(await ask(acme.adam, READ, name="tone"))
    assert (await ask(globex.adam, READ, name="tone"))["data"]["promptTemplate"] is None
    refused = await ask(globex.adam, APPROVE, input={"name": "tone", "version": 1})
    assert refused["data"]["promptTemplateApprove"]["userErrors"] == [
        {"code": "NOT_FOUND", "problem": "template.not_found"}
    ]


async def test_who_uses_ai_reads_them_and_changes_nothing(acme: Tenant, ask: Ask) -> None:  # noqa: F811
    listed = (await ask(acme.ana, LIST))["data"]["promptTemplates"]
    assert {"name": "draft", "purpose": "DRAFT", "live": [{"version": 0, "weight": 100}]} in listed
    for query, name in ((DRAFT, "promptTemplateDraft"), (PREVIEW, "promptTemplatePreview")):
        refused = await ask(
            acme.ana, query, input={"name": "tone", "content": CONTENT} if query is DRAFT else {"content": CONTENT}
        )
        assert "permission" in str(refused).lower(), name


async def test_a_version_goes_from_draft_to_live_and_is_retired(acme: Tenant, ask: Ask) -> None:  # noqa: F811
    for number in (1, 2):
        await ask(acme.adam, DRAFT, input={"name": "tone", "content": CONTENT})
        await ask(acme.olga, APPROVE, input={"name": "tone", "version": number})
    arms = [{"version": 1, "weight": 90}, {"version": 2, "weight": 10}]
    both = (await ask(acme.adam, RELEASE, input={"name": "tone", "arms": arms}))["data"]["promptTemplateRelease"]
    assert (both["template"]["live"], both["userErrors"]) == (arms, [])
    one = await ask(acme.adam, RETIRE, input={"name": "tone", "version": 2})
    assert one["data"]["promptTemplateRetire"]["template"]["versions"] == [
        {"version": 2, "state": "RETIRED"}, {"version": 1, "state": "LIVE"},
    ]  # fmt: skip


async def test_what_would_be_told_is_shown_or_why_not(acme: Tenant, ask: Ask) -> None:  # noqa: F811
    given = {"content": CONTENT, "selection": "Four weeks.", "variables": {"audience": "{{ 7*7 }}"}}
    shown = (await ask(acme.adam, PREVIEW, input=given))["data"]["promptTemplatePreview"]
    assert shown["userErrors"] == []
    assert shown["preview"]["turns"][0] == {"speaker": "system", "text": "canary nightingale"}
    assert "{{ 7*7 }}" in shown["preview"]["turns"][1]["text"]
    wrong = {"content": CONTENT | {"user": "{{ nobody }}"}}
    refused = (await ask(acme.adam, PREVIEW, input=wrong))["data"]["promptTemplatePreview"]
    assert (refused["preview"], refused["userErrors"]) == (None, [{"problem": "template.refused"}])
