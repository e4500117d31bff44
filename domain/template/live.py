"""Which version of a template a call is given: the tenant's, the operator's, the platform's, or one of two beside."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from domain.template.built_in import BUILT_IN
from domain.template.content import TemplateContent, TemplatePurpose
from domain.template.decisions import NoSuchTemplate, TemplateRefused

OF_THE_HOUSE: Final = "house/"
"""Before the names of the operator's templates where calls are recorded: a tenant's own have no slash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveVersion:
    """`name` is the one that calls are recorded under. Version 0 comes with the platform."""

    name: str
    version: int
    content: TemplateContent
    weight: int = 100


LiveTemplates = Mapping[str, Sequence[LiveVersion]]
"""By the names that they are asked for with."""


def live_versions(live: LiveTemplates, name: str, purpose: TemplatePurpose) -> Sequence[LiveVersion]:
    """Return what is live under a name. Raises NoSuchTemplate, and TemplateRefused when it is for other work."""
    found = live.get(name) or _built_in(name)
    if not found:
        raise NoSuchTemplate
    if found[0].content.purpose is not purpose:
        raise TemplateRefused("template", f"This template is for {found[0].content.purpose}, not for {purpose}.")
    return found


def of_the_house(live: LiveTemplates) -> LiveTemplates:
    """Return the operator's templates as tenants use them: asked for by name, recorded as the operator's."""
    return {
        name: [replace(one, name=f"{OF_THE_HOUSE}{one.name}") for one in versions] for name, versions in live.items()
    }


def drawn(versions: Sequence[LiveVersion], draw: UUID) -> LiveVersion:
    """Return one of them, each as often as its weight says, and the same one for the same draw."""
    described = "|".join(f"{one.name}:{one.version}@{one.weight}" for one in versions)
    number = int.from_bytes(hashlib.sha256(draw.bytes + described.encode()).digest()[:8])
    place = number % sum(one.weight for one in versions)
    for one in versions:
        place -= one.weight
        if place < 0:
            return one
    raise AssertionError("the place lies within the sum of the weights")


def _built_in(name: str) -> Sequence[LiveVersion]:
    content = BUILT_IN.get(name)
    return () if content is None else (LiveVersion(name=name, version=0, content=content),)
