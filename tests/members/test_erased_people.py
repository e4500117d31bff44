"""Whose data is erased has no name, no address and no password in the directory any more."""

from dataclasses import replace
from uuid import UUID

from httpx import AsyncClient

from app.bootstrap import Colophon
from domain.evidence.events import SubjectErased
from projections.catalogue import DIRECTORY
from tests.members.people import invite, joined, members_of, sign_in
from tests.support.whole_log import whole_log
from tests.support.world import Tenant

NINA = "nina@acme.example"


async def test_the_directory_forgets_an_erased_person(colophon: Colophon, client: AsyncClient, acme: Tenant) -> None:
    nina = await joined(client, acme, NINA)
    invited = (await invite(client, acme.olga, "ole@acme.example")).json()
    ole = (await members_of(client, acme.olga))["ole@acme.example"]
    assert ole["invitation_id"] == invited["invitation_id"]
    (some, *_) = await whole_log(colophon, acme.tenant_id)
    async with colophon.feed.as_projector(acme.tenant_id) as transaction:
        for subject in (nina, ole["id"]):
            erased = SubjectErased(subject_id=UUID(subject), key_ids=(), payloads_deleted=0, reason="Asked for")
            await DIRECTORY.apply([replace(some, event=erased)], transaction)
    listed = (await client.get("/api/v1/members", headers=acme.olga.headers)).text
    assert NINA not in listed
    assert "ole@acme.example" not in listed
    assert listed.count("[erased]") == 4
    assert (await sign_in(client, acme, NINA)).status_code == 401
