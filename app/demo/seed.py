"""The demo: two tenants, six people, three documents; seeded once into an empty database."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from app.bootstrap import Colophon
from app.operator import Operator
from commands.document.create_document import CreateDocument
from domain.directory.roles import Role
from domain.ids import DocumentId, TenantId


@dataclass(frozen=True, slots=True)
class DemoMember:
    name: str
    email: str
    role: Role


@dataclass(frozen=True, slots=True)
class DemoTenant:
    slug: str
    name: str
    members: tuple[DemoMember, ...]


DEMO: Final = (
    DemoTenant(
        "acme",
        "Acme Instruments",
        (
            DemoMember("Olga Brandt", "olga@acme.example", Role.OWNER),
            DemoMember("Adam Reyes", "adam@acme.example", Role.ADMIN),
            DemoMember("Ana Lindqvist", "ana@acme.example", Role.EDITOR),
            DemoMember("Vera Okafor", "vera@acme.example", Role.VIEWER),
            DemoMember("Otto Keller", "otto@acme.example", Role.AUDITOR),
        ),
    ),
    DemoTenant("globex", "Globex Materials", (DemoMember("Mallory Chen", "mallory@globex.example", Role.OWNER),)),
)

DOCUMENTS: Final = (
    ("Data Processing Agreement with Northlight", "data-processing-agreement.md"),
    ("Incident report: delayed uploads, 4 November", "incident-report.md"),
    ("Product brief: Calibration Companion", "product-brief.md"),
)

WRITER: Final = "ana@acme.example"


async def seed(colophon: Colophon) -> bool:
    """Make the demo unless there is any tenant already; return whether it did."""
    operator = Operator(colophon)
    if await operator.tenants():
        return False
    for tenant in DEMO:
        tenant_id = await operator.open_tenant(tenant.slug, tenant.name, plan="team")
        for member in tenant.members:
            await operator.add_member(tenant_id, email=member.email, name=member.name, role=member.role)
    acme = next(t for t in await operator.tenants() if t.slug == DEMO[0].slug)
    await _write_documents(operator, acme.tenant_id)
    return True


async def _write_documents(operator: Operator, tenant_id: TenantId) -> None:
    """Ana wrote them: the demo's history starts with a person, not with a machine."""
    ana = await operator.acting_as(tenant_id, WRITER)
    folder = files("app.demo") / "documents"
    for title, file_name in DOCUMENTS:
        command = CreateDocument(
            document_id=DocumentId(operator.new_id()),
            title=title,
            markdown=(folder / file_name).read_text(encoding="utf-8"),
        )
        await operator.execute(command, ana)
