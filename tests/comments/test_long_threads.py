"""A long thread is read without going over its comments again and again, shown page by page, and has an end."""

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from types import FrameType
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from commands.comment.threads import threads_of
from domain.actor import SYSTEM
from domain.comment import decisions
from domain.comment.events import CommentDeleted, CommentEdited, CommentEvent, CommentMade
from domain.comment.state import Thread
from domain.ids import CommentId, DocumentId, EventId, MemberId, StreamId, TenantId
from domain.recorded import Recorded
from tests.comments.talk import listed, replied, thread
from tests.suggestions.test_rights_on_generated_text import restrict
from tests.suggestions.test_suggestions_of_people import a_document
from tests.support.world import Tenant

DOCUMENT, AUTHOR, OPENING = DocumentId(UUID(int=1)), MemberId(UUID(int=2)), CommentId(UUID(int=3))


def made(number: int, thread_id: CommentId = OPENING) -> CommentMade:
    return CommentMade(
        document_id=DOCUMENT,
        thread_id=thread_id,
        comment_id=CommentId(UUID(int=OPENING.int + number)),
        body=f"Comment {number}",
        mentions=(),
        anchor=None,
        suggestion_id=None,
        written_by=AUTHOR,
    )


def edited(number: int) -> CommentEdited:
    id_ = CommentId(UUID(int=OPENING.int))
    body = f"Edit {number}"
    return CommentEdited(
        document_id=DOCUMENT, thread_id=OPENING, comment_id=id_, body=body, mentions=(), written_by=AUTHOR
    )


def recorded(events: Sequence[CommentEvent]) -> list[Recorded[CommentEvent]]:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return [
        Recorded(
            tenant_id=TenantId(UUID(int=9)),
            position=position,
            stream_id=StreamId(UUID(int=8)),
            stream_version=position,
            event_id=EventId(uuid4()),
            name="comment.made.v1",
            actor=SYSTEM,
            occurred_at=at,
            recorded_at=at,
            metadata={},
            event=event,
        )
        for position, event in enumerate(events, 1)
    ]


def test_a_thread_is_not_made_anew_for_each_reply() -> None:
    past = recorded([made(number) for number in range(300)])
    calls: Counter[object] = Counter()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            calls[frame.f_code] += 1

    sys.setprofile(note)
    try:
        threads = threads_of(past)
    finally:
        sys.setprofile(None)
    # When it begins, and when its last change is known.
    assert calls[Thread.__init__.__code__] == 2
    assert [one.body for one in threads.by_id[OPENING].comments.values()] == [f"Comment {n}" for n in range(300)]


def test_a_full_document_takes_no_more_comments_and_everything_else() -> None:
    one_each = [made(n, CommentId(UUID(int=OPENING.int + n))) for n in range(decisions.COMMENTS_PER_DOCUMENT_MAX)]
    threads = threads_of(recorded(one_each))
    with pytest.raises(decisions.TooManyComments):
        decisions.reply(threads, thread_id=OPENING, comment_id=CommentId(uuid4()), body="More.", by=AUTHOR)
    with pytest.raises(decisions.TooManyComments):
        decisions.comment(
            threads,
            document_id=DOCUMENT,
            comment_id=CommentId(uuid4()),
            body="More.",
            anchor=None,
            suggestion_id=None,
            by=AUTHOR,
        )
    assert decisions.delete(threads, comment_id=OPENING, by=AUTHOR)
    assert decisions.edit(threads, comment_id=OPENING, body="Less.", by=AUTHOR)
    assert decisions.resolve(threads, thread_id=OPENING)


def test_a_thread_takes_only_so_many_replies_and_a_comment_only_so_many_edits() -> None:
    replies = [made(number) for number in range(decisions.REPLIES_PER_THREAD_MAX + 1)]
    edits = [edited(number) for number in range(decisions.EDITS_PER_COMMENT_MAX)]
    threads = threads_of(recorded([*replies, *edits]))
    with pytest.raises(decisions.TooManyReplies):
        decisions.reply(threads, thread_id=OPENING, comment_id=CommentId(uuid4()), body="More.", by=AUTHOR)
    with pytest.raises(decisions.TooManyEdits):
        decisions.edit(threads, comment_id=OPENING, body="Once more.", by=AUTHOR)
    assert decisions.delete(threads, comment_id=OPENING, by=AUTHOR)
    assert decisions.resolve(threads, thread_id=OPENING)


def test_replies_keep_their_numbers_when_others_are_deleted() -> None:
    gone = CommentDeleted(document_id=DOCUMENT, thread_id=OPENING, comment_id=CommentId(UUID(int=OPENING.int + 1)))
    threads = threads_of(recorded([made(0), made(1), made(2), gone]))
    assert [(number, one.body) for number, one in threads.by_id[OPENING].replies] == [(2, "Comment 2")]


async def test_a_thread_shows_its_newest_replies_and_all_of_them_page_by_page(
    client: AsyncClient, acme: Tenant, globex: Tenant
) -> None:
    document_id = await a_document(client, acme.ana)
    begun = await thread(client, acme.ana, document_id)
    url = f"/api/v1/comments/{begun['id']}/replies"
    assert (await client.get(url)).status_code == 401
    assert (await client.get(url, headers=globex.olga.headers)).status_code == 404
    for number in range(22):
        assert (await replied(client, acme.vera, begun["id"], f"Reply {number}")).status_code == 201
    [shown] = await listed(client, acme.ana, document_id)
    assert [one["body"] for one in shown["replies"]] == [f"Reply {number}" for number in range(2, 22)]
    assert shown["earlier_replies"] == 2
    first = (await client.get(url, params={"limit": 3}, headers=acme.otto.headers)).json()
    assert [one["body"] for one in first["items"]] == ["Reply 0", "Reply 1", "Reply 2"]
    query = {"limit": 30, "cursor": first["next_cursor"]}
    rest = (await client.get(url, params=query, headers=acme.otto.headers)).json()
    assert [one["body"] for one in rest["items"]] == [f"Reply {number}" for number in range(3, 22)]
    assert rest["next_cursor"] is None
    await restrict(client, acme.olga, document_id)
    assert (await client.get(url, headers=acme.vera.headers)).status_code == 404
