"""With whom a document is shared: the whole tenant as its roles say, or some people only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar
from uuid import uuid5

from domain.errors import Forbidden, Invalid
from domain.ids import DocumentId, MemberId, StreamId
from domain.sealed import Sealed

PEOPLE_MAX = 100


class Access(StrEnum):
    """Each includes the one before it."""

    READ = "read"
    SUGGEST = "suggest"
    WRITE = "write"

    def includes(self, wanted: "Access") -> bool:
        order = list(Access)
        return order.index(self) >= order.index(wanted)


class Sharing(StrEnum):
    """Whether the role decides, or a list of people."""

    TENANT = "tenant"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentShared(Sealed):
    """
    Who may do what with a document from now on: `people` are member and access, never more than their role allows.

    Sealed under the tenant's key: who could read a document is to be known also when its content is erased.
    """

    document_id: DocumentId
    sharing: Sharing
    restricted_by: MemberId | None
    people: tuple[tuple[MemberId, Access], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingState:
    """What a decision needs to remember; a document that nobody has shared otherwise is the tenant's."""

    sharing: Sharing = Sharing.TENANT
    restricted_by: MemberId | None = None
    people: Mapping[MemberId, Access] = field(default_factory=dict)


class SharingRefused(Invalid):
    """A list of people that cannot be: too many, somebody twice, or people where the whole tenant may read."""

    code: ClassVar = "document.sharing_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)

    def facts(self) -> dict[str, object]:
        return {"people_max": PEOPLE_MAX}


class NotYoursToShare(Forbidden):
    """A restricted document is shared by the one who restricted it and by the tenant's owners, by nobody else."""

    code: ClassVar = "document.not_yours_to_share"

    def __init__(self) -> None:
        super().__init__("Only the person who restricted this document, or an owner of the tenant, may share it.")


def sharing_stream(document_id: DocumentId) -> StreamId:
    """Return the stream of who may do what with a document."""
    return StreamId(uuid5(document_id, "sharing"))


def shared(past: Sequence[object]) -> SharingState:
    """Fold the stream: the last word counts."""
    last = next((event for event in reversed(past) if isinstance(event, DocumentShared)), None)
    if last is None:
        return SharingState()
    return SharingState(sharing=last.sharing, restricted_by=last.restricted_by, people=dict(last.people))


def share(
    state: SharingState,
    *,
    document_id: DocumentId,
    sharing: Sharing,
    people: Sequence[tuple[MemberId, Access]],
    by: MemberId | None,
    by_the_house: bool,
) -> Sequence[DocumentShared]:
    """
    Decide with whom a document is shared; `by_the_house` are the tenant's owners and its operator.

    Raises SharingRefused, NotYoursToShare.
    """
    if state.sharing is Sharing.RESTRICTED and not by_the_house and by != state.restricted_by:
        raise NotYoursToShare
    if len(people) > PEOPLE_MAX or len({member_id for member_id, _ in people}) != len(people):
        raise SharingRefused(f"At most {PEOPLE_MAX} people, each of them once.")
    if sharing is Sharing.TENANT and people:
        raise SharingRefused("With the whole tenant a document is shared by role; people are for a restricted one.")
    restricted_by = None
    if sharing is Sharing.RESTRICTED:
        restricted_by = state.restricted_by if state.sharing is Sharing.RESTRICTED else by
    wanted = SharingState(sharing=sharing, restricted_by=restricted_by, people=dict(people))
    if wanted == state:
        return []
    listed = tuple(sorted(wanted.people.items()))
    return [DocumentShared(document_id=document_id, sharing=sharing, restricted_by=restricted_by, people=listed)]
