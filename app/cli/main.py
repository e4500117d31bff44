"""`colophon`: every command, in the order in which a newcomer needs them."""

import typer

from app.cli import archive, audit, evaluate, export, keys, members, operate, prompts, settings, start, tenants, usage

app = typer.Typer(
    name="colophon",
    help="People and AI write documents together; every change is an event.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command(epilog="Example: colophon up --data ./data --port 8000")(start.up)
app.command(epilog="Example: colophon serve --role api --host 0.0.0.0")(start.serve)
app.command(epilog="Example: colophon doctor --json")(operate.doctor)
app.command(epilog="Example: colophon migrate")(operate.migrate)
app.add_typer(tenants.tenant, name="tenant")
app.add_typer(members.member, name="member")
app.add_typer(tenants.key, name="key")
app.add_typer(keys.keys, name="keys")
app.command("sign-in-link", epilog="Example: colophon sign-in-link ana@acme.example --tenant acme")(
    tenants.sign_in_link
)
app.add_typer(settings.settings, name="settings")
app.add_typer(settings.policy, name="policy")
app.add_typer(settings.flags, name="flags")
app.command("kill-switch", epilog="Example: colophon kill-switch on --tenant acme")(settings.kill_switch)
app.command(epilog="Example: colophon usage --tenant acme --by member")(usage.usage)
app.add_typer(usage.budget, name="budget")
app.add_typer(prompts.template, name="template")
app.add_typer(audit.audit, name="audit")
app.add_typer(audit.erase, name="erase")
app.command(epilog="Example: colophon archive --tenant acme --older-than 365")(archive.archive)
app.command(epilog="Example: colophon projections --watch")(operate.projections)
app.command(epilog="Example: colophon rebuild document_library")(operate.rebuild)
app.add_typer(evaluate.evaluation, name="eval")
app.add_typer(export.schema, name="schema")
app.add_typer(export.openapi, name="openapi")


def main() -> None:
    """Run the command line; exit codes: 0 done, 1 refused or failed, 2 usage."""
    app()
