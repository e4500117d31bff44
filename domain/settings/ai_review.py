"""What of the checks' findings waits for somebody's judgement, and what happens to the call meanwhile."""

from typing import Final

from domain.settings.definition import choice, whole

REVIEW: Final = (
    choice(
        "ai.review_meanwhile", ("go_on", "withhold"),
        "What happens until somebody has looked at a finding that is to be reviewed: the call goes on, or the prompt "
        "is refused, the source left out, the answer ended before it.",
    ),
    whole(
        "ai.review_open_max", 500,
        "How many findings wait to be reviewed; one more makes the oldest of them a note that can still be reviewed.",
        unit="findings", minimum=1, maximum=10_000,
    ),
    whole(
        "ai.review_days", 90, "For how many days findings and what was decided on them are shown to reviewers.",
        unit="days", minimum=1, maximum=3_650,
    ),
)  # fmt: skip
