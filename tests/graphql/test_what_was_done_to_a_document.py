"""The audit trail of one document, for whoever may read the audit log."""

from collections.abc import Awaitable, Callable

from tests.graphql.conftest import Ask, uuid_of
from tests.support.world import Tenant


async def test_a_document_tells_what_was_done_to_it_to_whoever_may_read_the_log(
    ask: Ask, create: Callable[..., Awaitable[str]], acme: Tenant, globex: Tenant
) -> None:
    trail = "query($id: ID!) { document(id: $id) { auditTrail { totalCount nodes { action subjectId } } } }"
    document, other = await create(acme.ana, "Offer"), await create(acme.ana, "Offer")
    found = (await ask(acme.otto, trail, id=document))["data"]["document"]["auditTrail"]
    assert found == {"totalCount": 1, "nodes": [{"action": "document.created.v1", "subjectId": str(uuid_of(document))}]}
    assert str(uuid_of(other)) not in str(found)
    refused = await ask(acme.ana, trail, id=document)
    assert refused["errors"][0]["extensions"]["problem"] == "permission.missing"
    assert (await ask(globex.otto, trail, id=document))["data"]["document"] is None
