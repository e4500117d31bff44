"""Prompt templates as whoever may read them sees them: the tenant's versions, and what they take the place of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from api.actors import NamedActor, named
from api.platform import Platform
from domain.template.built_in import BUILT_IN
from domain.template.content import Arm, TemplateContent
from domain.template.decisions import NoSuchTemplate
from domain.template.live import LiveVersion
from domain.template.state import VersionState
from projections import templates
from projections.templates import TemplateVersion
from tenancy.context import TenantContext

BUILT_IN_ARM = Arm(version=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTemplate:
    """
    A template under its name, with the versions that were asked for.

    `arms` are what models are told now: version 0 is the operator's or comes with the platform, and none means that
    nothing can be used. `house` are the operator's live versions.
    """

    name: str
    built_in: TemplateContent | None
    house: Sequence[LiveVersion]
    versions: Sequence[TemplateVersion]
    arms: Sequence[Arm]
    version: int
    """Of the template as a whole, as If-Match takes it: 0 before anybody wrote one."""

    @property
    def content(self) -> TemplateContent:
        """Return what is live first, or was written last."""
        live = next((one.content for one in self.versions if one.state is VersionState.LIVE), None)
        newest = self.versions[-1].content if self.versions else None
        found = live or self.base or newest
        assert found is not None, "a name without any version is not shown"
        return found

    @property
    def base(self) -> TemplateContent | None:
        """Return what counts where the tenant has nothing live; the first of the operator's, where there are two."""
        return self.house[0].content if self.house else self.built_in


Actors = Mapping[str, NamedActor]


async def all_templates(platform: Platform, context: TenantContext) -> list[ShownTemplate]:
    """Return every template by name, with its live versions and its newest."""
    async with platform.reads.as_app(context) as connection:
        found = await templates.newest_of_each(connection, context.tenant_id)
    of_the_tenant = {name: list(versions) for name, versions in groupby(found, key=lambda one: one.name)}
    house = (await platform.policies.of(context)).house_templates
    names = sorted(BUILT_IN.keys() | house.keys() | of_the_tenant.keys())
    return [_shown(name, of_the_tenant.get(name, []), house.get(name, ())) for name in names]


async def one_template(platform: Platform, context: TenantContext, name: str) -> tuple[ShownTemplate, Actors]:
    """Return a template with all its versions and who wrote and approved them; raise NoSuchTemplate."""
    async with platform.reads.as_app(context) as connection:
        versions = await templates.versions(connection, context.tenant_id, name)
        actors = await named(connection, context.tenant_id, _hands(versions))
    house = (await platform.policies.of(context)).house_templates.get(name, ())
    if not versions and not house and name not in BUILT_IN:
        raise NoSuchTemplate
    return _shown(name, versions, house), actors


def _shown(name: str, versions: Sequence[TemplateVersion], house: Sequence[LiveVersion]) -> ShownTemplate:
    built_in = BUILT_IN.get(name)
    live = [Arm(version=one.version, weight=one.weight) for one in versions if one.state is VersionState.LIVE]
    return ShownTemplate(
        name=name,
        built_in=built_in,
        house=house,
        versions=versions,
        arms=live or ([BUILT_IN_ARM] if built_in is not None or house else []),
        version=max((one.stream_version for one in versions), default=0),
    )


def _hands(versions: Iterable[TemplateVersion]) -> set[str]:
    return {hand for one in versions for hand in (one.drafted_by, one.approved_by) if hand is not None}
