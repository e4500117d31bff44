"""What `colophon up` prints when it is ready: where to go, each link signing in once."""

from app.demo.seed import DEMO
from app.operator import Operator

_PAGES = (
    ("Editor", "/", "ana@acme.example", "Ana, editor"),
    ("Editor 2", "/", "olga@acme.example", "Olga, owner: open it in another browser and write together"),
    ("Admin", "/admin", "adam@acme.example", "Adam, admin"),
    ("Audit", "/audit", "otto@acme.example", "Otto, auditor"),
    ("GraphiQL", "/graphiql", "ana@acme.example", "Ana again"),
)


async def banner(operator: Operator, url: str, *, seconds: float) -> str:
    """Return the lines; links for the demo's people when they are there."""
    lines = ["", f"  Colophon is up at {url} ({seconds:.1f} s)", ""]
    demo = next((t for t in await operator.tenants() if t.slug == DEMO[0].slug), None)
    if demo is None:
        lines += [
            "  Nobody is here yet. In another terminal:",
            "    colophon tenant create acme --name Acme --owner you@example.com",
            "    colophon sign-in-link you@example.com --tenant acme",
        ]
    else:
        lines.append("  Demo sign-in links, each good for one use within five minutes:")
        for page, path, email, who in _PAGES:
            link = await operator.sign_in_link(demo.tenant_id, email, page=path)
            lines.append(f"    {page:<9} {link}   ({who})")
        lines += ["", "  More links: colophon sign-in-link ana@acme.example --tenant acme"]
    lines += [f"  API docs {url}/docs   GraphQL {url}/graphql   Stop with Ctrl-C", ""]
    return "\n".join(lines)
