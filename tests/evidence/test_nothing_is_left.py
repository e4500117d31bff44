"""After an erasure no word of it is anywhere: each place is searched, and each word was there before."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from httpx import AsyncClient
from uuid_utils.compat import uuid7

from api.live.closing import CloseCode
from app.bootstrap import Colophon
from commands.conversation.record_checkpoints import RecordCheckpoints
from commands.directory.issue_api_key import IssueApiKey
from commands.evidence.erase_document import EraseDocument
from domain.conversation.checkpoints import CheckpointWritesSaved, Packed, Write
from domain.document.decisions import DocumentIsErased
from domain.ids import ApiKeyId, ConversationId, DocumentId, MemberId, checkpoints_stream
from domain.sealed import ERASED
from tenancy.roles import Permission
from tenancy.secrets import new_secret
from tests.assistant.talking import ask, begin, write
from tests.evidence.erasing import (
    REASON,
    answers,
    erased,
    exported,
    kept_answers,
    posted,
    whole_database,
    words_in,
    words_in_files,
)
from tests.evidence.reports import bundle, proven
from tests.live.yjs_client import connected
from tests.members.people import accept, browser_of, invite, secret_in, sign_in
from tests.suggestions.test_text_written_by_a_model import ended
from tests.support.world import Person, Tenant

SHARED = "The marmalade factory moves to Porto in May."
EMAIL = "nina.quokka@elsewhere.example"
NAME, LABEL = "Nina Quillfeather", "Wombat laptop"
PROMPT, CHAT = "Write like the zanzibar brief", "Where does the xylophone marmalade factory move?"
TALK, REPLY, AGAIN = "Ask the quetzal", "Says the wallaby", "Says the narwhal"
COMMENT, RATIONALE, DECISION = "Too much bandicoot", "Because of the numbat", "Not the axolotl again"
OF_NINA = (
    EMAIL,
    "Quokka",
    "Quillfeather",
    "Wombat",
    "zanzibar",
    "xylophone",
    "bandicoot",
    "numbat",
    "axolotl",
    "quetzal",
    "wallaby",
    "narwhal",
)

OF_OKAPI = ("Okapi", "Pangolin", "Bergen", "capybara", "aardvark", "June")

PATHS = ("/members?removed=true", "/people", "/audit/entries?limit=100", "/erasures", "/conversations", "/documents")
OF_A_DOCUMENT = (
    "",
    "/content",
    "/content?format=json&provenance=true",
    "/revisions",
    "/suggestions",
    "/comments",
    "/provenance",
)
PATHS_MORE = (
    "/usage?group_by=member&group_by=document",
    "/entities",
    "/sessions",
    "/mentions",
    "/search?q=marmalade+xylophone",
)


async def nina(client: AsyncClient, colophon: Colophon, acme: Tenant) -> tuple[Person, dict[str, str]]:
    """Somebody who was invited twice under one address, with a key, a password and a browser signed in."""
    first = (await invite(client, acme.olga, EMAIL, name=NAME)).json()["invitation_id"]
    await client.delete(f"/api/v1/members/invitations/{first}", headers=acme.olga.headers)
    accepted = await accept(client, secret_in(await invite(client, acme.olga, EMAIL, name=NAME)), name=NAME)
    member_id, key_id, secret = MemberId(UUID(accepted.json()["member_id"])), ApiKeyId(uuid7()), new_secret("colk")
    browser = browser_of(await sign_in(client, acme, EMAIL))
    client.cookies.clear()
    key = IssueApiKey(key_id=key_id, member_id=member_id, label=LABEL, secret_hash=secret.digest)
    await colophon.platform.executor.execute(key, acme.operator)
    return Person(NAME, member_id, key_id, secret.text, acme.ana.context), browser


async def wrote(client: AsyncClient, document_id: str, who: Person) -> list[str]:
    """What somebody asks, says and proposes around a shared document: where it can be read."""
    headers = who.headers
    place = {"block_from": 0, "block_to": 1}
    wish = {"document_id": document_id, "kind": "rewrite", "instruction": PROMPT, "target": place}
    generation = (await posted(client, "/generations", headers, **wish))["id"]
    assert (await ended(client, who, generation))["instruction"] == PROMPT
    await posted(client, f"/generations/{generation}/feedback", headers, rating=1, comment=COMMENT)
    proposal = {**place, "replacement": "The marmalade factory stays.", "rationale": RATIONALE}
    made = await posted(client, f"/documents/{document_id}/suggestions", headers, **proposal)
    decision = {"hunks": [{"index": 0, "accept": False}], "reason": DECISION}
    suggestion = made["suggestion"]["id"]
    await posted(client, f"/suggestions/{suggestion}/decision", headers, **decision)
    about = {"block": 0, "start": 4, "end": 13}
    thread = (await posted(client, f"/documents/{document_id}/comments", headers, body=TALK, anchor=about))[
        "comment_id"
    ]
    reply = (await posted(client, f"/comments/{thread}/replies", headers, body=REPLY))["comment_id"]
    await client.put(f"/api/v1/comments/{reply}", json={"body": AGAIN}, headers=headers)
    return [f"/generations/{generation}", f"/suggestions/{suggestion}", f"/comments/{thread}"]


def logged(capsys: pytest.CaptureFixture[str]) -> str:
    log = capsys.readouterr().out
    assert "evidence.erased" in log
    return log


async def test_no_word_of_an_erased_person_is_left(  # each is a place to look into
    client: AsyncClient,
    colophon: Colophon,
    acme: Tenant,
    migrated_database: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # given somebody's words in every kind of place, and somebody else's text
    document_id = await write(client, acme.ana, "Factories", SHARED)
    her, browser = await nina(client, colophon, acme)
    paths = [*PATHS, *PATHS_MORE, *(f"/documents/{document_id}{part}" for part in OF_A_DOCUMENT)]
    paths += await wrote(client, document_id, her)
    conversation = await begin(client, her)
    assert "Porto" in (await ask(client, her, conversation, CHAT))["text"]
    earlier = await bundle(client, acme.otto, tmp_path)
    before = await whole_database(migrated_database, acme.tenant_id) + await answers(client, acme.olga, paths)
    assert set(words_in(before, OF_NINA)) >= {
        EMAIL,
        "Quillfeather",
        "Wombat",
        "zanzibar",
        "numbat",
        "quetzal",
        "narwhal",
    }
    assert await kept_answers(colophon, acme)

    # when
    done = await erased(client, acme.olga, subject_id=str(her.member_id))

    # then
    assert (done["scope"], done["keys_destroyed"]) == ("subject", 3)
    found = {
        "tables": words_in(await whole_database(migrated_database, acme.tenant_id), OF_NINA),
        "answers": words_in(await answers(client, acme.olga, paths), OF_NINA),
        "exports": words_in(await exported(client, acme.otto, tmp_path), OF_NINA),
        "files": words_in_files(colophon._foundation.installation.data_dir, acme.tenant_id, OF_NINA),
        "logs": words_in(logged(capsys), OF_NINA),
        "kept answers": await kept_answers(colophon, acme),
    }
    assert not {place: words for place, words in found.items() if words}
    talk = (await client.get(f"/api/v1{paths[-1]}", headers=acme.ana.headers)).json()
    assert (talk["body"], talk["replies"][0]["body"], talk["anchor"]["quote"]) == (ERASED, ERASED, "marmalade")
    assert (await client.get("/api/v1/session", headers=browser)).status_code == 401
    assert (await sign_in(client, acme, EMAIL)).status_code == 401
    assert SHARED in (await client.get(f"/api/v1/documents/{document_id}/content", headers=acme.ana.headers)).text
    assert proven(earlier)["counts"]["erased"] == 0


async def test_no_word_of_an_erased_document_is_left_and_nobody_writes_on(  # each is a place
    client: AsyncClient,
    colophon: Colophon,
    acme: Tenant,
    server_url: str,
    migrated_database: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # given a document that is indexed, cited by somebody else, written on by a model, and open
    gone = await write(client, acme.ana, "Okapi plan", "The okapi factory moves to Bergen in June. Pangolin pays.")
    kept = await write(client, acme.ana, "Factories", SHARED)
    wish = {"document_id": gone, "kind": "summarise", "instruction": "Mind the capybara"}
    generation = (await posted(client, "/generations", acme.ana.headers, **wish))["id"]
    await ended(client, acme.ana, generation)
    said = {"body": "Ask the aardvark", "anchor": {"block": 0, "start": 0, "end": 40}}
    await posted(client, f"/documents/{gone}/comments", acme.adam.headers, **said)
    conversation = await begin(client, acme.adam)
    other = await begin(client, acme.adam, assistant="document", document_id=kept)
    assert "Bergen" in (await ask(client, acme.adam, conversation, "Where does the okapi factory move?"))["text"]
    await ask(client, acme.adam, other, "Where does the marmalade factory move?")
    paths = [*PATHS, *PATHS_MORE, "/search?q=okapi", "/search?q=okapi&mode=semantic", "/graph?entity=Pangolin"]
    paths += [*(f"/documents/{gone}{part}" for part in OF_A_DOCUMENT), f"/generations/{generation}"]
    paths += [f"/conversations/{conversation}"]
    before = await whole_database(migrated_database, acme.tenant_id) + await answers(client, acme.adam, paths)
    assert set(words_in(before, OF_OKAPI)) == set(OF_OKAPI)
    document_id = DocumentId(UUID(gone))
    async with connected(server_url, document_id, acme.adam.api_key) as adam:
        await adam.until(lambda: adam.synced)

        # when
        done = await erased(client, acme.olga, document_id=gone)

        # then
        assert (done["scope"], done["keys_destroyed"]) == ("document", 2)
        assert await adam.closed() == CloseCode.NOT_FOUND
    async with connected(server_url, document_id, acme.adam.api_key) as again:
        assert await again.closed() == CloseCode.NOT_FOUND
    found = {
        "tables": words_in(await whole_database(migrated_database, acme.tenant_id), OF_OKAPI),
        "answers": words_in(await answers(client, acme.adam, paths), OF_OKAPI),
        "exports": words_in(await exported(client, acme.otto, tmp_path), OF_OKAPI),
        "files": words_in_files(colophon._foundation.installation.data_dir, acme.tenant_id, OF_OKAPI),
        "logs": words_in(logged(capsys), OF_OKAPI),
        "kept answers": await kept_answers(colophon, acme),
    }
    assert not {place: words for place, words in found.items() if words}
    listed = (await client.get("/api/v1/conversations", headers=acme.adam.headers)).json()["items"]
    assert [item["id"] for item in listed] == [other]
    assert SHARED in (await client.get(f"/api/v1/documents/{kept}/content", headers=acme.ana.headers)).text


async def test_an_answer_that_comes_while_its_source_is_being_erased_keeps_no_word_of_it(
    client: AsyncClient, colophon: Colophon, acme: Tenant
) -> None:
    """Whoever erases has looked for the conversations already: one that comes later is refused in its append."""
    gone = DocumentId(UUID(await write(client, acme.ana, "Okapi plan", "The okapi factory moves to Bergen.")))
    conversation = ConversationId(UUID(await begin(client, acme.adam)))
    await colophon.platform.executor.execute(EraseDocument(document_id=gone, reason=REASON), acme.olga.command())
    held = Packed("json", b"[]")
    checkpoint = CheckpointWritesSaved(
        conversation_id=conversation,
        namespace="",
        checkpoint_id="1",
        task_id="look_up",
        task_path="",
        writes=(Write(0, "passages", held),),
        documents=(gone,),
    )
    context = acme.adam.command()
    working = replace(context.tenant, permissions=context.tenant.permissions | {Permission.WORK_RECORD})
    with pytest.raises(DocumentIsErased):
        await colophon.platform.executor.execute(
            RecordCheckpoints(events=(checkpoint,)), replace(context, tenant=working)
        )
    assert not await colophon.platform.log.load(checkpoints_stream(conversation), acme.adam.context)
