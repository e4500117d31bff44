"""What is allowed to be asked of a document's past, and what is refused."""

import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from domain.errors import Conflict, Invalid, LimitReached, NotFound
from domain.free_text import is_clean_line
from domain.history.events import VersionNamed, VersionRemoved, VersionRenamed
from domain.history.versions import NamedVersion
from domain.ids import DocumentId

LABEL_CHARACTERS_MAX: Final = 200
VERSIONS_MAX: Final = 1_000
"""Of one document, at a time."""


class PositionRefused(Invalid):
    """The document has no such position: it began later, or the log has not come there."""

    code: ClassVar = "history.position_refused"

    def __init__(self) -> None:
        super().__init__("The document has no such position.")


class NothingToUndo(Conflict):
    """Nothing is left that whoever asks did in this document and has not undone."""

    code: ClassVar = "history.nothing_to_undo"

    def __init__(self) -> None:
        super().__init__("There is nothing of yours to undo.")


class NothingToRedo(Conflict):
    """Nothing was undone by whoever asks since their last edit of this document."""

    code: ClassVar = "history.nothing_to_redo"

    def __init__(self) -> None:
        super().__init__("There is nothing of yours to redo.")


class HistoryLimit(StrEnum):
    """What there can be too much of."""

    EDITS = "edits"
    STRETCHES = "stretches of edits that deleted or changed something"
    BODIES_BYTES = "bytes of bodies before and after such stretches"


class TooMuchHistory(LimitReached):
    """More than is looked at in one request: one of the limits is told. Ask about a smaller part of the past."""

    code: ClassVar = "history.too_much"

    def __init__(self, limit: HistoryLimit, maximum: int) -> None:
        super().__init__(f"This is about more than {maximum} {limit}; ask about a smaller part of the past.")
        self._limit = limit
        self._maximum = maximum

    def facts(self) -> dict[str, object]:
        names = {
            "edits_max": HistoryLimit.EDITS,
            "stretches_max": HistoryLimit.STRETCHES,
            "bodies_bytes_max": HistoryLimit.BODIES_BYTES,
        }
        return {name: self._maximum for name, limit in names.items() if limit is self._limit}


class NoSuchVersion(NotFound):
    """The document has no named version with this id, or its name was removed."""

    code: ClassVar = "version.not_found"

    def __init__(self) -> None:
        super().__init__("There is no such version.")


class LabelRefused(Invalid):
    """The name of a version is one line of visible text of limited length."""

    code: ClassVar = "version.label_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)

    def facts(self) -> dict[str, object]:
        return {"label_characters_max": LABEL_CHARACTERS_MAX}


class TooManyVersions(LimitReached):
    """A document has so many named versions that some must be removed first."""

    code: ClassVar = "version.too_many"

    def __init__(self) -> None:
        super().__init__(f"A document has at most {VERSIONS_MAX} named versions.")

    def facts(self) -> dict[str, object]:
        return {"versions_max": VERSIONS_MAX}


Versions = Mapping[UUID, NamedVersion]


def name_version(
    versions: Versions, *, document_id: DocumentId, version_id: UUID, position: int, label: str
) -> Sequence[VersionNamed]:
    if len(versions) >= VERSIONS_MAX:
        raise TooManyVersions
    return [
        VersionNamed(document_id=document_id, version_id=version_id, position=position, label=_accepted_label(label))
    ]


def rename_version(
    versions: Versions, *, document_id: DocumentId, version_id: UUID, label: str
) -> Sequence[VersionRenamed]:
    """Give it another name; the same name again changes nothing."""
    version = versions.get(version_id)
    if version is None:
        raise NoSuchVersion
    accepted = _accepted_label(label)
    if accepted == version.label:
        return []
    return [VersionRenamed(document_id=document_id, version_id=version_id, label=accepted)]


def remove_version(versions: Versions, *, document_id: DocumentId, version_id: UUID) -> Sequence[VersionRemoved]:
    """Take the name away; the content that it named stays in the past."""
    if version_id not in versions:
        raise NoSuchVersion
    return [VersionRemoved(document_id=document_id, version_id=version_id)]


def _accepted_label(label: str) -> str:
    accepted = unicodedata.normalize("NFC", label).strip()
    if not accepted:
        raise LabelRefused("A version needs a name.")
    if len(accepted) > LABEL_CHARACTERS_MAX:
        raise LabelRefused(f"A version's name has at most {LABEL_CHARACTERS_MAX} characters.")
    if not is_clean_line(accepted):
        raise LabelRefused("A version's name is one line, without controls of characters or of the order of reading.")
    return accepted
