"""Queries: documents, their authors, their history, and pages of them."""

from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.directory.add_member import AddMember
from domain.directory.roles import Role
from domain.ids import MemberId
from tests.graphql.conftest import CREATE, RENAME, Ask, node_id
from tests.support.world import Tenant

Create = Callable[..., Awaitable[str]]

PAGE = """
query Page($first: Int, $after: Cursor, $last: Int, $before: Cursor) {
  documents(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { title } }
    nodes { title }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
}
"""


async def test_the_viewer_knows_who_they_are_and_where(ask: Ask, acme: Tenant) -> None:
    # when
    answer = await ask(acme.vera, "{ viewer { id displayName email roles tenant { id slug name } } tenant { id } }")
    # then
    tenant = {"id": node_id("Tenant", acme.tenant_id), "slug": acme.slug, "name": "Acme"}
    assert answer["data"] == {
        "viewer": {
            "id": node_id("Member", acme.vera.member_id),
            "displayName": "Vera",
            "email": f"vera@{acme.slug}.example",
            "roles": ["viewer"],
            "tenant": tenant,
        },
        "tenant": {"id": tenant["id"]},
    }


async def test_members_are_paged_by_when_they_came(ask: Ask, colophon: Colophon, acme: Tenant) -> None:
    # given
    for name in ("Zoe", "Bea"):
        comes = AddMember(member_id=MemberId(uuid7()), email=f"{name}@x.example", name=name, role=Role.VIEWER)
        await colophon.platform.executor.execute(comes, acme.operator)
    query = """query($after: Cursor) { tenant { members(first: 2, after: $after) {
      nodes { displayName } pageInfo { hasNextPage endCursor } totalCount } } }"""
    # when
    seen, after = [], None
    while True:
        page = (await ask(acme.otto, query, after=after))["data"]["tenant"]["members"]
        seen += [node["displayName"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    # then
    assert sorted(seen[:5]) == ["Adam", "Ana", "Olga", "Otto", "Vera"]
    assert seen[5:] == ["Zoe", "Bea"]
    assert page["totalCount"] == 7


async def test_a_documents_author_is_the_person_who_wrote_it(ask: Ask, create_as_member: Create, acme: Tenant) -> None:
    # given
    written = await create_as_member(acme.ana)
    query = "query($id: ID!) { document(id: $id) { createdBy { __typename ... on Member { id displayName } } } }"
    # when
    answer = await ask(acme.vera, query, id=written)
    # then
    assert answer["data"]["document"]["createdBy"] == {
        "__typename": "Member",
        "id": node_id("Member", acme.ana.member_id),
        "displayName": "Ana",
    }


async def test_what_a_program_wrote_is_never_said_to_be_a_persons(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    written = await create(acme.ana)
    query = """query($id: ID!) { document(id: $id) {
      createdBy { __typename ... on ApiKey { id name owner { displayName } } } } }"""
    # when
    answer = await ask(acme.vera, query, id=written)
    # then
    assert answer["data"]["document"]["createdBy"] == {
        "__typename": "ApiKey",
        "id": node_id("ApiKey", acme.ana.key_id),
        "name": "test",
        "owner": {"displayName": "Ana"},
    }


async def test_documents_come_with_the_last_changed_first(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    ids = [await create(acme.ana, title) for title in ("A", "B", "C")]
    await ask(acme.ana, RENAME, input={"id": ids[0], "title": "A2"})
    # when
    answer = await ask(acme.vera, PAGE)
    # then
    assert [n["title"] for n in answer["data"]["documents"]["nodes"]] == ["A2", "C", "B"]
    assert answer["data"]["documents"]["totalCount"] == 3


async def test_pages_forwards_cover_everything_once(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    titles = [f"Document {n}" for n in range(5)]
    for title in titles:
        await create(acme.ana, title)
    # when
    pages, after = [], None
    for _ in range(3):
        page = (await ask(acme.ana, PAGE, first=2, after=after))["data"]["documents"]
        pages.append(page)
        after = page["pageInfo"]["endCursor"]
    # then
    assert [e["node"]["title"] for page in pages for e in page["edges"]] == titles[::-1]
    assert [p["pageInfo"]["hasNextPage"] for p in pages] == [True, True, False]
    assert [p["pageInfo"]["hasPreviousPage"] for p in pages] == [False, True, True]


async def test_pages_backwards_cover_everything_once_in_the_same_order(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    titles = [f"Document {n}" for n in range(5)]
    for title in titles:
        await create(acme.ana, title)
    # when
    pages, before = [], None
    for _ in range(3):
        page = (await ask(acme.ana, PAGE, last=2, before=before))["data"]["documents"]
        pages.append(page)
        before = page["pageInfo"]["startCursor"]
    # then
    assert [e["node"]["title"] for page in pages[::-1] for e in page["edges"]] == titles[::-1]
    assert [p["pageInfo"]["hasPreviousPage"] for p in pages] == [True, True, False]
    assert [p["pageInfo"]["hasNextPage"] for p in pages] == [False, True, True]


async def test_a_stretch_between_two_cursors_excludes_both(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    for title in ("A", "B", "C", "D"):
        await create(acme.ana, title)
    edges = (await ask(acme.ana, PAGE))["data"]["documents"]["edges"]
    # when
    answer = await ask(acme.ana, PAGE, first=10, after=edges[0]["cursor"], before=edges[3]["cursor"])
    # then
    assert [n["title"] for n in answer["data"]["documents"]["nodes"]] == ["C", "B"]


@pytest.mark.parametrize(
    "arguments", [{"first": 0}, {"first": 101}, {"last": 101}, {"first": -1}, {"first": 5, "last": 5}]
)
async def test_an_unreasonable_page_is_refused(ask: Ask, acme: Tenant, arguments: dict[str, int]) -> None:
    # when
    answer = await ask(acme.ana, PAGE, **arguments)
    # then
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["problem"]) == ("INVALID", "request.page_refused")
    assert error["path"] == ["documents"]


async def test_a_cursor_is_of_no_use_elsewhere(ask: Ask, create: Create, acme: Tenant, globex: Tenant) -> None:
    # given
    await create(globex.ana)
    theirs = (await ask(globex.ana, PAGE))["data"]["documents"]["pageInfo"]["endCursor"]
    # when
    answers = [await ask(acme.ana, PAGE, after=cursor) for cursor in (theirs, theirs[:-2], "x", "")]
    # then
    assert {a["errors"][0]["extensions"]["problem"] for a in answers} == {"request.cursor_refused"}


async def test_documents_are_filtered_by_title_and_status(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    for title in ("Minutes of May", "Minutes of June", "Plans"):
        await create(acme.ana, title)
    query = """query($filter: DocumentFilter) { documents(filter: $filter) { nodes { title } totalCount } }"""
    # when
    found = await ask(acme.ana, query, filter={"text": "MINUTES"})
    archived = await ask(acme.ana, query, filter={"status": ["ARCHIVED"]})
    either = await ask(acme.ana, query, filter={"status": ["ARCHIVED", "DRAFT"]})
    # then
    assert found["data"]["documents"]["totalCount"] == 2
    assert archived["data"]["documents"]["nodes"] == []
    assert either["data"]["documents"]["totalCount"] == 3


async def test_a_document_has_its_history(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    written = await create(acme.ana, markdown="Hello")
    renamed = await ask(acme.adam, RENAME, input={"id": written, "title": "Notes"})
    query = """query($id: ID!, $at: Int) { document(id: $id, atLeast: $at) { revisions {
      nodes { id number kind title author { __typename } } totalCount } } }"""
    # when
    position = renamed["data"]["documentRename"]["receipt"]["position"]
    answer = await ask(acme.vera, query, id=written, at=position)
    # then
    revisions = answer["data"]["document"]["revisions"]
    assert [(r["number"], r["kind"], r["title"]) for r in revisions["nodes"]] == [
        (3, "RENAMED", "Notes"),
        (2, "EDITED", None),
        (1, "CREATED", "Minutes"),
    ]
    assert revisions["totalCount"] == 3
    assert all(newer["number"] > older["number"] for newer, older in pairwise(revisions["nodes"]))


async def test_a_revision_is_a_node_with_the_content_as_it_was(ask: Ask, create: Create, acme: Tenant) -> None:
    # given
    written = await create(acme.ana, markdown="Hello")
    answer = await ask(
        acme.ana, "query($id: ID!) { document(id: $id) { revisions { nodes { id number } } } }", id=written
    )
    ids = {r["number"]: r["id"] for r in answer["data"]["document"]["revisions"]["nodes"]}
    query = "query($id: ID!) { node(id: $id) { id ... on Revision { number markdown } } }"
    # when
    nodes = [(await ask(acme.vera, query, id=ids[n]))["data"]["node"] for n in (1, 2)]
    # then
    assert [(n["number"], n["markdown"].strip()) for n in nodes] == [(1, ""), (2, "Hello")]


async def test_a_read_includes_the_position_that_it_names(ask: Ask, acme: Tenant) -> None:
    # given
    created = (await ask(acme.ana, CREATE, input={"title": "Minutes"}))["data"]["documentCreate"]
    query = "query($at: Int) { documents(atLeast: $at) { nodes { title } } }"
    # when
    answer = await ask(acme.vera, query, at=created["receipt"]["position"])
    # then
    assert answer == {"data": {"documents": {"nodes": [{"title": "Minutes"}]}}}


async def test_a_read_that_cannot_include_a_position_says_that_it_is_stale(ask: Ask, acme: Tenant) -> None:
    # when
    answer = await ask(acme.vera, "{ documents(atLeast: 1000000) { nodes { title } } }")
    # then
    assert answer["data"]["documents"]["nodes"] == []
    assert answer["extensions"] == {"stale": True}
