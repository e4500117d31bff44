"""The named versions of a document, as their events leave them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from domain.actor import Actor
from domain.history.events import VersionNamed, VersionRemoved, VersionRenamed
from domain.recorded import Recorded
from domain.sealed import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedVersion:
    """Read the content `at` its position. `named_as` is its place among the events of the document's versions."""

    version_id: UUID
    position: int
    label: str
    named_by: Actor
    named_at: datetime
    named_as: int


def named_versions(past: Iterable[Recorded[Sealed]]) -> dict[UUID, NamedVersion]:
    """Fold the events of a document's versions; those last named come last."""
    found: dict[UUID, NamedVersion] = {}
    for recorded in past:
        match recorded.event:
            case VersionNamed() as named:
                found[named.version_id] = NamedVersion(
                    version_id=named.version_id,
                    position=named.position,
                    label=named.label,
                    named_by=recorded.actor,
                    named_at=recorded.recorded_at,
                    named_as=recorded.stream_version,
                )
            case VersionRenamed() as renamed:
                found[renamed.version_id] = replace(found[renamed.version_id], label=renamed.label)
            case VersionRemoved() as removed:
                del found[removed.version_id]
            case _:
                pass  # erased with the document, or of a later release
    return found
