"""What delivery needs of conversations: answers while they are made, and somebody who makes them soon."""

from collections.abc import Callable
from dataclasses import dataclass

from assistants.live_texts import LiveTexts


@dataclass(frozen=True, slots=True)
class Conversations:
    """`asked` tells this process that a question has been recorded."""

    live: LiveTexts
    asked: Callable[[], None]
