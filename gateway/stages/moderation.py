"""What the tenant does not want said is looked for in what is asked, and will be in the answer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domain.ai_review.events import ReviewKind
from gateway.computing import computed
from gateway.prepared import Prepared
from gateway.prompting import own_words
from gateway.review_queue import action_of, named
from gateway.reviews import Finding
from gateway.screening.moderation import AnswerScreen, Moderator
from gateway.screening.phrases import Passes, nothing_passes
from gateway.stages.inspection import judged

if TYPE_CHECKING:
    from gateway.door import Parts

ANSWER = "ai.moderation_answer"


async def moderated(prepared: Prepared, parts: "Parts") -> None:
    """Look for what the tenant does not want said, and be ready to look at the answer."""
    policy, course = prepared.policy, prepared.course
    moderator = Moderator(policy.names("ai.blocklist"))
    words = own_words(course.request)
    found = await computed(len(words), moderator.phrases, words)
    action = action_of(policy, ANSWER)
    passes: Passes = nothing_passes
    if found or action.stops or action.is_reviewed:
        passes = await parts.reviews.passing(course.context)

    def screen() -> AnswerScreen:
        return AnswerScreen(moderator, blocks=action.stops, action=named(action, policy, ANSWER), passes=passes)

    def findings_of(screen: AnswerScreen) -> Sequence[Finding]:
        if not screen.found or not action.is_reviewed:
            return ()
        text = " … ".join(phrase.words for phrase in screen.found)
        kind = ReviewKind.MODERATION_ANSWER
        return [Finding(kind=kind, phrases=screen.found, text=text, withheld=action.stops)]

    prepared.screen, prepared.findings_of = screen, findings_of
    stopping = tuple(one for one in found if not passes(one))
    await judged(prepared, parts, ReviewKind.MODERATION_PROMPT, "ai.moderation_prompt", stopping)
