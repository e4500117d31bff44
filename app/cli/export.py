"""The API's descriptions: GraphQL SDL and OpenAPI."""

import json
from pathlib import Path
from typing import Annotated

import typer

from app.cli.loading import loading
from app.cli.output import Json, refused

schema = typer.Typer(help="The GraphQL schema.", no_args_is_help=True)
openapi = typer.Typer(help="The REST description.", no_args_is_help=True)

Check = Annotated[Path | None, typer.Option("--check", help="Compare with this file instead; exit 1 when it differs.")]


@schema.command("export", epilog="Example: colophon schema export > schema.graphql")
def export_schema(check: Check = None, as_json: Json = False) -> None:
    """Print the GraphQL schema in SDL."""
    with loading():
        from api.graphql.sdl import export_sdl

    sdl = export_sdl()
    _print_or_check(sdl, check, json.dumps({"sdl": sdl}) if as_json else sdl)


@openapi.command("export", epilog="Example: colophon openapi export > openapi.json")
def export_openapi(check: Check = None, as_json: Json = False) -> None:
    """Print the OpenAPI 3.1 document, which is JSON with and without --json."""
    with loading():
        from app.web import openapi_document

    del as_json
    document = json.dumps(openapi_document(), indent=2, ensure_ascii=False)
    _print_or_check(document, check, document)


def _print_or_check(text: str, check: Path | None, printed: str) -> None:
    if check is None:
        typer.echo(printed)
        return
    try:
        written = check.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        refused(f"{check} cannot be read.")
    if written.strip() != text.strip():
        refused(f"{check} is not current.")


# One group of one command would lose its name; the second says where the first is used.
@schema.callback()
def _schema() -> None:
    """The GraphQL schema."""


@openapi.callback()
def _openapi() -> None:
    """The REST description."""
