"""What a decision needs to remember of a prompt template."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from typing import assert_never

from domain.ids import MemberId
from domain.template.content import Arm, TemplatePurpose, Variable
from domain.template.events import (
    TemplateApproved,
    TemplateDrafted,
    TemplateEvent,
    TemplateReleased,
    TemplateRetired,
)


class VersionState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    LIVE = "live"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """`approved` stays when it is retired: what somebody approved once can be used again."""

    number: int
    drafted_by: MemberId | None
    variables: tuple[Variable, ...] = ()
    state: VersionState = VersionState.DRAFT
    approved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    purpose: TemplatePurpose | None = None
    versions: tuple[Version, ...] = ()
    live: tuple[Arm, ...] = ()

    def version(self, number: int) -> Version | None:
        return self.versions[number - 1] if 1 <= number <= len(self.versions) else None


def template_of(past: Iterable[TemplateEvent]) -> Template:
    """Return the template as its events say."""
    return reduce(evolve, past, Template())


def evolve(template: Template, event: TemplateEvent) -> Template:
    """Apply a fact."""
    match event:
        case TemplateDrafted():
            written = Version(number=event.version, drafted_by=event.drafted_by, variables=event.content.variables)
            return replace(template, purpose=event.content.purpose, versions=(*template.versions, written))
        case TemplateApproved():
            return _changed(template, {event.version}, VersionState.APPROVED)
        case TemplateReleased():
            former = {arm.version for arm in template.live}
            released = {arm.version for arm in event.arms}
            retired = _changed(template, former - released, VersionState.RETIRED)
            return replace(_changed(retired, released, VersionState.LIVE), live=event.arms)
        case TemplateRetired():
            left = tuple(arm for arm in template.live if arm.version != event.version)
            return replace(_changed(template, {event.version}, VersionState.RETIRED), live=left)
        case _:
            assert_never(event)


def _changed(template: Template, numbers: set[int], state: VersionState) -> Template:
    approves = state is VersionState.APPROVED
    versions = tuple(
        replace(one, state=state, approved=one.approved or approves) if one.number in numbers else one
        for one in template.versions
    )
    return replace(template, versions=versions)
