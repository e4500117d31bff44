"""Content that carries along who wrote it."""

import json
from collections.abc import Mapping
from html import escape
from typing import Any, ClassVar

from api.platform import Platform
from api.provenance import Provenance, read_provenance
from api.rest.provenance import AuthorModel, ProvenanceModel, provenance_model
from commands.content_work import content_work_of
from domain.document.body import ContentFormat
from domain.errors import Invalid
from domain.ids import DocumentId
from domain.provenance.reading import Credit
from tenancy.context import TenantContext


class NoPlaceForProvenance(Invalid):
    """Plain text has nowhere to say who wrote it: ask for Markdown, HTML or JSON."""

    code: ClassVar = "document.no_place_for_provenance"

    def __init__(self) -> None:
        super().__init__("Plain text has nowhere to say who wrote it: ask for Markdown, HTML or JSON.")


async def render_with_provenance(
    platform: Platform, context: TenantContext, document_id: DocumentId, wanted: ContentFormat, at: int | None
) -> tuple[str, Provenance]:
    """Return the content in a format, and what it says of its authors."""
    if wanted is ContentFormat.TEXT:
        raise NoPlaceForProvenance
    found = await read_provenance(platform, context, document_id, at)
    told = await provenance_model(platform, context, found)
    return await content_work_of(context.tenant_id, _rendered, platform, wanted, found, told), found


def _rendered(platform: Platform, wanted: ContentFormat, found: Provenance, told: ProvenanceModel) -> str:
    if wanted is ContentFormat.HTML:
        facts = [_facts(credit) for credit in found.credits]
        body = platform.bodies.render_authored(found.kind, found.body.state, found.labelled, facts)
        meta = json.dumps(summary(told), ensure_ascii=False)
        return f'<meta name="colophon-provenance" content="{escape(meta)}">{body}'
    content = platform.bodies.render(found.kind, found.body.state, wanted)
    if wanted is ContentFormat.JSON:
        spans = [span.model_dump(mode="json") for span in told.spans]
        return json.dumps(json.loads(content) | {"provenance": summary(told) | {"spans": spans}}, ensure_ascii=False)
    # JSON is YAML, and needs no quoting rules of its own.
    lines = (f"  {key}: {json.dumps(value, ensure_ascii=False)}" for key, value in summary(told).items())
    return "\n".join(["---", "provenance:", *lines, "---", "", content])


def summary(told: ProvenanceModel) -> dict[str, Any]:
    """Return what an export says of the whole: spans count on the numbers of its authors."""
    return {
        "position": told.position,
        "characters": told.characters,
        "shares": {origin: share["share"] for origin, share in told.shares.model_dump().items()},
        "unreviewed_ai": told.unreviewed_ai,
        "generations": sorted({str(a.generation_id) for a in told.authors if a.generation_id and a.characters}),
        "authors": [_author(author) for author in told.authors if author.characters],
    }


def _author(author: AuthorModel) -> dict[str, Any]:
    return author.model_dump(mode="json", exclude_defaults=True)


def _facts(credit: Credit) -> Mapping[str, str]:
    attribution = credit.attribution
    facts = {"data-origin": attribution.origin.value, "data-author": str(attribution.author)}
    if attribution.generation_id is not None:
        facts["data-generation"] = str(attribution.generation_id)
    if attribution.accepted_by is not None:
        facts["data-accepted-by"] = str(attribution.accepted_by)
    return facts
