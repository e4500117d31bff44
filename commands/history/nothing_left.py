"""Who had nothing of theirs to undo or redo, and until when: asking again reads only what came since."""

from typing import Final, NamedTuple

from domain.actor import Actor
from domain.history.events import Reversal
from domain.ids import DocumentId, MemberId, TenantId
from tenancy.context import TenantContext

REMEMBERED_MAX: Final = 10_000


class Asked(NamedTuple):
    """`reversals` is how many there are: another one may bring back what there is to undo or redo."""

    tenant_id: TenantId
    who: MemberId | Actor
    document_id: DocumentId
    wanted: Reversal
    reversals: int


class NothingLeft:
    """Of one process; what is forgotten is read again."""

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until: dict[Asked, int] = {}

    def until(self, asked: Asked) -> int:
        """Return the version of the edits up to which there is nothing."""
        return self._until.get(asked, 0)

    def remember(self, asked: Asked, version: int) -> None:
        self._until.pop(asked, None)
        if len(self._until) >= REMEMBERED_MAX:
            del self._until[next(iter(self._until))]
        self._until[asked] = version


def asked_by(tenant: TenantContext, document_id: DocumentId, wanted: Reversal, reversals: int) -> Asked:
    return Asked(tenant.tenant_id, tenant.member_id or tenant.actor, document_id, wanted, reversals)
