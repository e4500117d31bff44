"""The API's descriptions: GraphQL SDL and OpenAPI."""

import json
from pathlib import Path
from typing import Annotated

import typer

from api.graphql.router import export_sdl
from app.web import openapi_document

schema = typer.Typer(help="The GraphQL schema.", no_args_is_help=True)
openapi = typer.Typer(help="The REST description.", no_args_is_help=True)

Check = Annotated[Path | None, typer.Option("--check", help="Compare with this file instead; exit 1 when it differs.")]


@schema.command("export", epilog="Example: colophon schema export > schema.graphql")
def export_schema(check: Check = None) -> None:
    """Print the GraphQL schema in SDL."""
    _print_or_check(export_sdl(), check)


@openapi.command("export", epilog="Example: colophon openapi export > openapi.json")
def export_openapi(check: Check = None) -> None:
    """Print the OpenAPI 3.1 document."""
    _print_or_check(json.dumps(openapi_document(), indent=2, ensure_ascii=False), check)


def _print_or_check(text: str, check: Path | None) -> None:
    if check is None:
        typer.echo(text)
    elif check.read_text(encoding="utf-8").strip() != text.strip():
        typer.secho(f"{check} is not current.", fg=typer.colors.RED, err=True)
        raise typer.Exit(1)


# One group of one command would lose its name; the second says where the first is used.
@schema.callback()
def _schema() -> None:
    """The GraphQL schema."""


@openapi.callback()
def _openapi() -> None:
    """The REST description."""
