"""What `colophon up` prints when it is ready: where to go, each link signing in once."""

from app.demo.seed import DEMO
from app.operator import Operator
from domain.directory.decisions import NoSuchMember
from domain.ids import TenantId

_PAGES = (
    ("Editor", "/", "ana@acme.example", "Ana, editor"),
    ("Editor 2", "/", "olga@acme.example", "Olga, owner: open it in another browser and write together"),
    ("Admin", "/admin", "adam@acme.example", "Adam, admin"),
    ("Audit", "/audit", "otto@acme.example", "Otto, auditor"),
    ("GraphiQL", "/graphiql", "ana@acme.example", "Ana again"),
)


async def banner(operator: Operator, url: str, *, seconds: float) -> str:
    """Return the lines; links for the demo's people when they are there."""
    tenants = await operator.tenants()
    demo = next((tenant for tenant in tenants if tenant.slug == DEMO[0].slug), None)
    links = await _demo_links(operator, demo.tenant_id) if demo else []
    lines = ["", f"  Colophon is up at {url} ({seconds:.1f} s)", ""]
    if links:
        lines += ["  Demo sign-in links, each good for one use within five minutes:", *links]
        lines += ["", "  More links: colophon sign-in-link ana@acme.example --tenant acme"]
    elif tenants:
        lines.append(f"  A link to sign in: colophon sign-in-link EMAIL --tenant {tenants[0].slug}")
    else:
        lines += [
            "  Nobody is here yet. In another terminal:",
            "    colophon tenant create acme --name Acme --owner you@example.com",
            "    colophon sign-in-link you@example.com --tenant acme",
        ]
    lines += [f"  API docs {url}/docs   GraphQL {url}/graphql   Stop with Ctrl-C", ""]
    return "\n".join(lines)


async def _demo_links(operator: Operator, tenant_id: TenantId) -> list[str]:
    """Return a line a page; none when somebody's own tenant has the demo's name, or its people are gone."""
    try:
        return [
            f"    {page:<9} {await operator.sign_in_link(tenant_id, email, page=path)}   ({who})"
            for page, path, email, who in _PAGES
        ]
    except NoSuchMember:
        return []
