"""What is allowed when content is erased: once, with a reason, and of what there is."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from domain.errors import Conflict, Invalid
from domain.evidence.events import DocumentErased, ErasureRequested, ErasureScope, SubjectErased
from domain.free_text import is_clean

REASON_CHARACTERS_MAX = 500


class ErasureAlreadyDone(Conflict):
    """The content was erased before, or is being erased; nothing is left to erase."""

    code: ClassVar = "erasure.already_done"

    def __init__(self) -> None:
        super().__init__("This was erased before.")


class ReasonRefused(Invalid):
    """An erasure needs a reason that an auditor will read."""

    code: ClassVar = "erasure.reason_refused"

    def __init__(self) -> None:
        super().__init__(f"A reason has 1 to {REASON_CHARACTERS_MAX} characters, none of which is a control character.")

    def facts(self) -> dict[str, object]:
        return {"reason_characters_max": REASON_CHARACTERS_MAX}


def erase(past: Sequence[object], *, scope: ErasureScope, target_id: UUID, reason: str) -> Sequence[ErasureRequested]:
    """Order an erasure; there is no way back from here."""
    if any(isinstance(event, ErasureRequested) for event in past):
        raise ErasureAlreadyDone
    accepted = reason.strip()
    if not 0 < len(accepted) <= REASON_CHARACTERS_MAX or not is_clean(accepted):
        raise ReasonRefused
    return [ErasureRequested(scope=scope, target_id=target_id, reason=accepted)]


def is_finished(past: Sequence[object]) -> bool:
    return any(isinstance(event, DocumentErased | SubjectErased) for event in past)
