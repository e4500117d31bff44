"""Who has said what of a call's answer."""

from collections.abc import Sequence
from typing import ClassVar, Final

from domain.ai.events import AiCallRated, AiCallSettled
from domain.errors import Invalid, NotFound
from domain.free_text import is_clean
from domain.ids import MemberId

RATING_MIN: Final = 1
RATING_MAX: Final = 5
COMMENT_CHARACTERS_MAX: Final = 2_000


class NoSuchAiCall(NotFound):
    """There is no such call of a model for whoever asks."""

    code: ClassVar = "ai.call_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such call of a model.")


class NoContentKept(NotFound):
    """Nothing is kept of what was said in this call, not any more, or it rests on documents that you may not read."""

    code: ClassVar = "ai.content_not_kept"

    def __init__(self) -> None:
        super().__init__("Nothing that you may read is kept of what was said in this call.")


class RatingRefused(Invalid):
    """A rating is a whole number from 1 to 5, of a member, with a comment of at most 2,000 characters."""

    code: ClassVar = "ai.rating_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


def settled_in(past: Sequence[object]) -> AiCallSettled:
    """Return the call of a stream. Raises NoSuchAiCall."""
    for event in past:
        if isinstance(event, AiCallSettled):
            return event
    raise NoSuchAiCall


def rate(past: Sequence[object], *, rating: int, comment: str, rated_by: MemberId | None) -> Sequence[AiCallRated]:
    """
    Say how good the answer is, `past` being its call's stream; saying the same again changes nothing.

    Raises NoSuchAiCall, RatingRefused.
    """
    call = settled_in(past)
    if rated_by is None:
        raise RatingRefused("Members rate; a key that is nobody's does not.")
    if not RATING_MIN <= rating <= RATING_MAX:
        raise RatingRefused(f"A rating is a whole number from {RATING_MIN} to {RATING_MAX}.")
    if len(comment) > COMMENT_CHARACTERS_MAX:
        raise RatingRefused(f"A comment has at most {COMMENT_CHARACTERS_MAX} characters.")
    if not is_clean(comment):
        raise RatingRefused("A comment has no control characters, and none that turn the order of reading.")
    rated = AiCallRated(
        call_id=call.call_id, document_id=call.document_id, rating=rating, comment=comment, rated_by=rated_by
    )
    before = [event for event in past if isinstance(event, AiCallRated) and event.rated_by == rated_by]
    return [] if before and before[-1] == rated else [rated]
