"""Findings of the checks are listed, judged and excepted over GraphQL."""

from app.bootstrap import Colophon
from tests.graphql.conftest import Ask, node_id
from tests.safety.test_reviews import held, reviewed
from tests.safety.test_what_is_refused import ORDER
from tests.support.world import Tenant

LIST = """
query($states: [ModerationState!], $kind: ModerationKind, $first: Int, $after: Cursor) {
  moderationReviews(states: $states, kind: $kind, first: $first, after: $after) {
    nodes { id kind rules state withheld whatHappened excerpt reason decision member { id } decidedBy { __typename } }
    pageInfo { hasNextPage endCursor } totalCount
  }
}
"""
DECIDE = """
mutation($input: ModerationReviewDecideInput!) {
  moderationReviewDecide(input: $input) {
    review { state decision reason } receipt { position } userErrors { problem }
  }
}
"""
EXCEPTIONS = "{ moderationExceptions { nodes { id rule member { id } review { id } } totalCount } }"
END = """mutation($input: ModerationExceptionEndInput!) {
  moderationExceptionEnd(input: $input) { userErrors { problem } }
}"""


async def test_others_see_nothing_of_it(colophon: Colophon, acme: Tenant, globex: Tenant, ask: Ask) -> None:
    await reviewed(colophon, acme, "ai.injection_prompt", meanwhile="withhold")
    review_id = node_id("ModerationReview", await held(colophon, acme.ana, ORDER))
    assert (await ask(globex.olga, LIST))["data"]["moderationReviews"]["nodes"] == []
    found = "query($id: ID!) { node(id: $id) { id } }"
    for stranger in (globex.olga, acme.ana, acme.otto):
        assert (await ask(stranger, found, id=review_id))["data"]["node"] is None
    assert (await ask(acme.adam, found, id=review_id))["data"]["node"] == {"id": review_id}
    wish = {"id": review_id, "decision": "ALLOW"}
    theirs = (await ask(globex.olga, DECIDE, input=wish))["data"]["moderationReviewDecide"]
    assert theirs["userErrors"] == [{"problem": "ai_review.not_found"}]
    own = (await ask(acme.ana, DECIDE, input=wish))["data"]["moderationReviewDecide"]
    assert own["userErrors"] == [{"problem": "permission.missing"}]
    for question in (LIST, EXCEPTIONS):
        assert (await ask(acme.ana, question))["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_finding_is_judged_and_its_exception_taken_back(colophon: Colophon, acme: Tenant, ask: Ask) -> None:
    # given
    await reviewed(colophon, acme, "ai.injection_prompt", meanwhile="withhold")
    await held(colophon, acme.ana, ORDER)
    page = (await ask(acme.adam, LIST, states=["OPEN"], kind="INJECTION_PROMPT"))["data"]["moderationReviews"]
    (finding,) = page["nodes"]
    assert (finding["excerpt"], finding["withheld"], page["totalCount"]) == (ORDER, True, 1)
    assert finding["member"] == {"id": node_id("Member", acme.ana.member_id)}
    # when
    wish = {"id": finding["id"], "decision": "FALSE_ALARM", "reason": "A quotation."}
    done = (await ask(acme.adam, DECIDE, input=wish))["data"]["moderationReviewDecide"]
    # then
    assert done["review"] == {"state": "DECIDED", "decision": "FALSE_ALARM", "reason": "A quotation."}
    again = (await ask(acme.adam, DECIDE, input={**wish, "decision": "CONFIRM"}))["data"]["moderationReviewDecide"]
    assert again["userErrors"] == [{"problem": "ai_review.already_decided"}]
    passing = (await ask(acme.adam, EXCEPTIONS))["data"]["moderationExceptions"]
    assert {one["review"]["id"] for one in passing["nodes"]} == {finding["id"]}
    for one in passing["nodes"]:
        ended = (await ask(acme.adam, END, input={"id": one["id"]}))["data"]["moderationExceptionEnd"]
        assert ended["userErrors"] == []
        ended = (await ask(acme.adam, END, input={"id": one["id"]}))["data"]["moderationExceptionEnd"]
        assert ended["userErrors"] == [{"problem": "ai_review.exception_not_found"}]
    assert (await ask(acme.adam, LIST, states=["OPEN"]))["data"]["moderationReviews"]["nodes"] == []
