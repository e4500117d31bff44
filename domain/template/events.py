"""What can happen to a prompt template; every version stays as it was written."""

from dataclasses import dataclass
from uuid import UUID

from domain.ids import MemberId
from domain.sealed import Sealed
from domain.template.content import Arm, TemplateContent


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDrafted(Sealed):
    """Version `version` was written. `drafted_by` is whose key it was, where a key did it; None is a key of nobody."""

    template_id: UUID
    template: str
    version: int
    content: TemplateContent
    drafted_by: MemberId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateApproved(Sealed):
    template_id: UUID
    template: str
    version: int
    approved_by: MemberId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateReleased(Sealed):
    """These versions are what models are told from now on, and no others; two are an experiment."""

    template_id: UUID
    template: str
    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRetired(Sealed):
    """A version is used no more; approved once, it can be released again."""

    template_id: UUID
    template: str
    version: int


TemplateEvent = TemplateDrafted | TemplateApproved | TemplateReleased | TemplateRetired
