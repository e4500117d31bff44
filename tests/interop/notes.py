"""A document with a rich body for clients of any kind, and what it comes to."""

from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from commands.document.create_document import CreateDocument
from domain.document.body import BodyKind, ContentFormat
from domain.ids import DocumentId
from tests.support.world import Tenant


async def notes(colophon: Colophon, tenant: Tenant) -> DocumentId:
    document_id = DocumentId(uuid7())
    command = CreateDocument(document_id=document_id, title="Notes", markdown="# Notes")
    await colophon.platform.executor.execute(command, tenant.ana.command())
    return document_id


async def markdown_of(colophon: Colophon, tenant: Tenant, document_id: DocumentId) -> str:
    body = await colophon.platform.body_states.load(document_id, tenant.ana.context)
    return colophon.platform.bodies.render(BodyKind.RICH, body.state, ContentFormat.MARKDOWN).strip()
