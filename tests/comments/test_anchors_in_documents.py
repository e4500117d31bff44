"""A thread holds on to its text while others edit, and says what it was about when that is gone."""

import base64

from httpx import AsyncClient

from tests.comments.talk import edited, listed, said, thread
from tests.suggestions.test_suggestions_of_people import a_document
from tests.support.world import Tenant

WHERE = {"block": 1, "start": 4, "end": 15, "block_to": 1}


async def test_a_range_is_quoted_and_found_where_it_is(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    anchor = (await thread(client, acme.vera, document_id))["anchor"]
    assert (anchor["quote"], anchor["range"]) == ("calibration", WHERE)
    assert (anchor["orphaned"], anchor["moved"]) == (False, False)


async def test_it_moves_with_its_text_and_takes_in_what_is_typed_into_it(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    await thread(client, acme.vera, document_id)
    await edited(
        client,
        acme.ana,
        document_id,
        {"type": "insert_text", "block": 1, "offset": 8, "text": "-"},
        {"type": "insert_text", "block": 1, "offset": 0, "text": "Well: "},
        {"type": "insert_block", "at": 0, "markdown": "A new beginning."},
    )
    [one] = await listed(client, acme.ana, document_id)
    assert one["anchor"]["range"] == {"block": 2, "start": 10, "end": 22, "block_to": 2}


async def test_what_is_left_of_its_text_is_enough(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    await thread(client, acme.vera, document_id)
    # Both ends of the word go, which the positions of its ends would not survive as ids.
    await edited(
        client,
        acme.ana,
        document_id,
        {"type": "delete_range", "block": 1, "offset": 12, "length": 5},
        {"type": "delete_range", "block": 1, "offset": 2, "length": 4},
    )
    [one] = await listed(client, acme.ana, document_id)
    assert one["anchor"]["range"] == {"block": 1, "start": 2, "end": 8, "block_to": 1}
    assert not one["anchor"]["orphaned"]


async def test_a_thread_whose_text_is_gone_is_orphaned_with_its_quote(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    await thread(client, acme.vera, document_id)
    await edited(client, acme.ana, document_id, {"type": "delete_block", "block": 1})
    [one] = await listed(client, acme.ana, document_id)
    assert (one["anchor"]["orphaned"], one["anchor"]["range"]) == (True, None)
    assert one["anchor"]["quote"] == "calibration"


async def test_text_that_was_split_or_moved_as_other_characters_is_found_by_its_words(
    client: AsyncClient, acme: Tenant
) -> None:
    document_id = await a_document(client, acme.ana)
    await thread(client, acme.vera, document_id)
    # What an editor does when somebody presses Enter inside the paragraph: its end is written anew in another one.
    await edited(
        client,
        acme.ana,
        document_id,
        {"type": "delete_range", "block": 1, "offset": 4, "length": 35},
        {"type": "insert_block", "at": 2, "markdown": "calibration takes about four weeks."},
    )
    [one] = await listed(client, acme.ana, document_id)
    assert one["anchor"]["range"] == {"block": 2, "start": 0, "end": 11, "block_to": 2}
    assert one["anchor"]["moved"]


async def test_the_same_word_elsewhere_is_not_taken_for_it(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    await thread(client, acme.vera, document_id)
    replace = {"type": "replace_block", "block": 1, "markdown": "Nobody knows."}
    more = {"type": "append_markdown", "markdown": "Another calibration altogether."}
    await edited(client, acme.ana, document_id, replace, more)
    [one] = await listed(client, acme.ana, document_id)
    assert one["anchor"]["orphaned"]


async def test_a_range_over_blocks_lists_and_line_breaks_holds(client: AsyncClient, acme: Tenant) -> None:
    markdown = "# Head 🙂 line\n\n- one\n- two\n\n```\ncode 🙂\nmore\n```"
    document_id = await a_document(client, acme.ana, markdown)
    about = {"block": 0, "start": 5, "block_to": 2, "end": 6}
    await thread(client, acme.ana, document_id, anchor=about)
    await edited(client, acme.ana, document_id, {"type": "insert_block", "at": 0, "markdown": "Before."})
    [one] = await listed(client, acme.ana, document_id)
    assert one["anchor"]["quote"] == "🙂 line\none\ntwo\ncode 🙂"
    assert one["anchor"]["range"] == {"block": 1, "start": 5, "block_to": 3, "end": 6}


async def test_a_plain_body_counts_the_whole_text(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana, "one 🙂 two\nthree four\n", body="plain")
    await thread(client, acme.ana, document_id, anchor={"start": 4, "end": 9})
    await edited(client, acme.ana, document_id, {"type": "insert_text", "offset": 0, "text": "🙂🙂"})
    [one] = await listed(client, acme.ana, document_id)
    assert one["anchor"]["quote"] == "🙂 two"
    assert one["anchor"]["range"] == {"block": 0, "start": 6, "end": 11, "block_to": 0}


async def test_positions_of_a_yjs_client_are_understood(client: AsyncClient, acme: Tenant) -> None:
    document_id = await a_document(client, acme.ana)
    anchor = (await thread(client, acme.vera, document_id))["anchor"]
    ends = {"rel_from": anchor["rel_from"], "rel_to": anchor["rel_to"]}
    again = (await thread(client, acme.ana, document_id, anchor=ends))["anchor"]
    assert (again["quote"], again["range"]) == ("calibration", WHERE)


async def test_positions_that_are_not_known_here_are_found_by_the_quote_or_refused(
    client: AsyncClient, acme: Tenant
) -> None:
    document_id = await a_document(client, acme.ana)
    unknown = base64.b64encode(bytes([0, 7, 3, 0])).decode()
    ends = {"rel_from": unknown, "rel_to": unknown}
    found = await thread(client, acme.ana, document_id, anchor={**ends, "quote": "calibration"})
    assert found["anchor"]["range"] == WHERE
    for quote in ("not there", "paragraph stands.", None):
        refused = await said(client, acme.ana, document_id, anchor={**ends, "quote": quote})
        assert (refused.status_code, refused.json()["code"]) == (409, "comment.anchor_gone")
