"""What is allowed to be done with a prompt template."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID, uuid5

from domain.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from domain.ids import MemberId, StreamId, TenantId
from domain.template.built_in import BUILT_IN
from domain.template.content import Arm, TemplateContent
from domain.template.events import (
    TemplateApproved,
    TemplateDrafted,
    TemplateEvent,
    TemplateReleased,
    TemplateRetired,
)
from domain.template.limits import ARMS_MAX, NAME, TEMPLATES_MAX, VERSIONS_MAX, WEIGHT_MAX, problem_of
from domain.template.state import Template, Version, VersionState


class NoSuchTemplate(NotFound):
    """There is no such prompt template here, no such version of it, or none that is live."""

    code: ClassVar = "template.not_found"

    def __init__(self) -> None:
        super().__init__("There is no such prompt template.")


class TemplateRefused(Invalid):
    """A template, or a value for it, cannot be used as it stands; `field` says which part."""

    code: ClassVar = "template.refused"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field

    def facts(self) -> dict[str, object]:
        return {"field": self.field}


class TemplateNotApproved(Conflict):
    """Only a version that somebody approved can be made live."""

    code: ClassVar = "template.not_approved"

    def __init__(self, version: int) -> None:
        super().__init__(f"Version {version} has not been approved.")
        self.version = version

    def facts(self) -> dict[str, object]:
        return {"version": self.version}


class ApproverIsAuthor(Forbidden):
    """The tenant wants every template approved by somebody else than whoever wrote it (`ai.template_four_eyes`)."""

    code: ClassVar = "template.needs_another_person"

    def __init__(self) -> None:
        super().__init__("Somebody else than its author has to approve this template.")


class TooManyVersions(LimitReached):
    """A template has only so many versions; give the next one another name."""

    code: ClassVar = "template.too_many_versions"

    def __init__(self) -> None:
        super().__init__(f"A template has at most {VERSIONS_MAX} versions.")

    def facts(self) -> dict[str, object]:
        return {"versions_max": VERSIONS_MAX}


class TooManyTemplates(LimitReached):
    """A tenant has only so many prompt templates; write another version of one of them."""

    code: ClassVar = "template.too_many"

    def __init__(self) -> None:
        super().__init__(f"There are at most {TEMPLATES_MAX} prompt templates.")

    def facts(self) -> dict[str, object]:
        return {"templates_max": TEMPLATES_MAX}


def template_id_of(tenant_id: TenantId, name: str) -> UUID:
    """Return the id, and stream, of the tenant's template of this name: there is never a second one."""
    return uuid5(tenant_id, f"template/{name}")


def template_stream(tenant_id: TenantId, name: str) -> StreamId:
    return StreamId(template_id_of(tenant_id, name))


def draft(
    template: Template, *, template_id: UUID, name: str, content: TemplateContent, by: MemberId | None
) -> Sequence[TemplateEvent]:
    """Write the next version."""
    if NAME.fullmatch(name) is None:
        raise TemplateRefused("name", "A name has 1 to 60 small letters, digits and hyphens.")
    if (problem := problem_of(content)) is not None:
        raise TemplateRefused(*problem)
    built_in = BUILT_IN.get(name)
    purpose = template.purpose or (None if built_in is None else built_in.purpose)
    if purpose is not None and content.purpose is not purpose:
        raise TemplateRefused("purpose", f"Templates of this name are for {purpose}.")
    if len(template.versions) >= VERSIONS_MAX:
        raise TooManyVersions
    number = len(template.versions) + 1
    return [TemplateDrafted(template_id=template_id, template=name, version=number, content=content, drafted_by=by)]


def approve(
    template: Template, *, template_id: UUID, name: str, version: int, by: MemberId | None, four_eyes: bool
) -> Sequence[TemplateEvent]:
    """Say that a version may be used; one that may be already stays as it is."""
    wanted = _known(template, version)
    if wanted.approved:
        return []
    if wanted.state is VersionState.RETIRED:
        raise TemplateRefused("version", "A draft that was retired is not approved any more; write it again.")
    # Nobody knows who stands behind a key of no member: it could be the author.
    if four_eyes and (by is None or wanted.drafted_by is None or by == wanted.drafted_by):
        raise ApproverIsAuthor
    return [TemplateApproved(template_id=template_id, template=name, version=version, approved_by=by)]


def release(template: Template, *, template_id: UUID, name: str, arms: tuple[Arm, ...]) -> Sequence[TemplateEvent]:
    """Make one version live, or two beside each other; an older one again is a way back."""
    numbers = [arm.version for arm in arms]
    if not 1 <= len(arms) <= ARMS_MAX or len(set(numbers)) != len(numbers):
        raise TemplateRefused("arms", f"One to {ARMS_MAX} different versions are live at once.")
    if not all(1 <= arm.weight <= WEIGHT_MAX for arm in arms):
        raise TemplateRefused("arms", f"A weight is a whole number from 1 to {WEIGHT_MAX}.")
    versions = [_known(template, number) for number in numbers]
    if any(_given(one) != _given(versions[0]) for one in versions):
        raise TemplateRefused("arms", "Two versions beside each other take the same variables.")
    for one in versions:
        if not one.approved:
            raise TemplateNotApproved(one.number)
    return [] if arms == template.live else [TemplateReleased(template_id=template_id, template=name, arms=arms)]


def retire(template: Template, *, template_id: UUID, name: str, version: int) -> Sequence[TemplateEvent]:
    """Use a version no more; without a live one the built-in of this name counts again."""
    if _known(template, version).state is VersionState.RETIRED:
        return []
    return [TemplateRetired(template_id=template_id, template=name, version=version)]


def _given(version: Version) -> set[tuple[object, ...]]:
    return {(one.name, one.type, one.required, one.characters_max) for one in version.variables}


def _known(template: Template, number: int) -> Version:
    found = template.version(number)
    if found is None:
        raise NoSuchTemplate
    return found
