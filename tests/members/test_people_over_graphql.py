"""Inviting, roles, removal and sharing over GraphQL."""

from collections.abc import Awaitable, Callable
from typing import Any

from httpx import AsyncClient

from tests.graphql.conftest import ask, create, node_id  # noqa: F401  # fixtures among them
from tests.members.people import accept
from tests.support.world import Tenant

Ask = Callable[..., Awaitable[dict[str, Any]]]
INVITE = """
mutation($input: MemberInviteInput!) {
  memberInvite(input: $input) { invitationId url userErrors { code problem } }
}
"""
CHANGE = """
mutation($input: MemberChangeRoleInput!) {
  memberChangeRole(input: $input) { member { displayName roles } userErrors { code problem } }
}
"""
REMOVE = "mutation($input: MemberRemoveInput!) { memberRemove(input: $input) { userErrors { problem } } }"
SHARE = """
mutation($input: DocumentShareInput!) {
  documentShare(input: $input) {
    sharing { sharing version people { access member { displayName } } }
    userErrors { code problem ... on ConflictError { currentVersion } }
  }
}
"""


async def test_somebody_is_invited_and_gets_another_role(client: AsyncClient, acme: Tenant, ask: Ask) -> None:  # noqa: F811
    made = (await ask(acme.adam, INVITE, input={"email": "nina@acme.example", "role": "EDITOR"}))["data"]
    joined = await accept(client, made["memberInvite"]["url"].partition("#")[2])
    nina = node_id("Member", joined.json()["member_id"])
    changed = await ask(acme.adam, CHANGE, input={"id": nina, "role": "VIEWER"})
    assert changed["data"]["memberChangeRole"] == {
        "member": {"displayName": "Nina", "roles": ["viewer"]}, "userErrors": [],
    }  # fmt: skip


async def test_what_is_refused_over_rest_is_refused_here(acme: Tenant, globex: Tenant, ask: Ask) -> None:  # noqa: F811
    async def problem(query: str, person: str, **given: str) -> str:
        answer = await ask(acme.people[person], query, input=given)
        (payload,) = answer["data"].values()
        (error,) = payload["userErrors"]
        return str(error["problem"])

    olga, theirs = node_id("Member", acme.olga.member_id), node_id("Member", globex.ana.member_id)
    assert await problem(INVITE, "adam", email="x@acme.example", role="OWNER") == "member.only_owners"
    assert await problem(INVITE, "adam", email=f"ana@{acme.slug}.example", role="EDITOR") == "directory.already_taken"
    assert await problem(CHANGE, "adam", id=olga, role="VIEWER") == "member.only_owners"
    assert await problem(CHANGE, "olga", id=olga, role="VIEWER") == "member.last_owner"
    assert await problem(REMOVE, "olga", id=olga) == "member.not_yourself"
    assert await problem(REMOVE, "olga", id=theirs) == "member.not_found"
    assert await problem(REMOVE, "olga", id="nonsense") == "member.not_found"
    assert await problem(REMOVE, "ana", id=olga) == "permission.missing"


async def test_a_document_is_shared_with_one_person(
    acme: Tenant,
    globex: Tenant,
    ask: Ask,  # noqa: F811
    create: Callable[..., Awaitable[str]],  # noqa: F811
) -> None:
    document = await create(acme.ana)
    listed = [{"memberId": node_id("Member", acme.vera.member_id), "access": "READ"}]
    wanted = {"id": document, "sharing": "RESTRICTED", "people": listed, "expectedVersion": 0}
    done = (await ask(acme.ana, SHARE, input=wanted))["data"]["documentShare"]
    assert done["sharing"] == {
        "sharing": "RESTRICTED", "version": 1, "people": [{"access": "READ", "member": {"displayName": "Vera"}}],
    }  # fmt: skip
    late = (await ask(acme.ana, SHARE, input=wanted))["data"]["documentShare"]["userErrors"]
    assert late == [{"code": "CONFLICT", "problem": "stream.version_conflict", "currentVersion": 1}]
    for person in (acme.adam, globex.ana):
        (error,) = (await ask(person, SHARE, input=wanted))["data"]["documentShare"]["userErrors"]
        assert error["problem"] == "document.not_found"
