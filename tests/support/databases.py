"""Databases for tests on a real PostgreSQL: created from a template, dropped when done with."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

from infra.postgres.embedded import SETTINGS, EmbeddedPostgres
from tests.support.run_settings import RUN_SETTINGS

EMPTY = "template1"
FORGETFUL = {"fsync": "off", "full_page_writes": "off"}
"""Nothing here outlives the run: its server need not wait for the disk, as the ones that tests kill do."""


@asynccontextmanager
async def temporary_data_folder() -> AsyncIterator[Path]:
    """A folder that PostgreSQL's own user can reach also when the tests run as root."""
    # Not pytest's tmp_path: its parents are private to root, and too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="colophon-test-", dir="/tmp"))
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def running_postgres() -> AsyncIterator[str]:
    """The superuser's URL of the server that this run was given, or of one of our own."""
    if RUN_SETTINGS.test_database_url is not None:
        yield RUN_SETTINGS.test_database_url
        return
    async with temporary_data_folder() as folder:
        server = EmbeddedPostgres(folder, {**SETTINGS, **FORGETFUL})
        try:
            yield await server.start()
        finally:
            await server.stop()


@asynccontextmanager
async def temporary_database(admin_url: str, *, template: str = EMPTY) -> AsyncIterator[str]:
    """The superuser's URL of a new database, a copy of the template."""
    name = f"test_{token_hex(6)}"
    copy = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY WAL_LOG").format(Identifier(name), Identifier(template))
    await _execute(admin_url, copy)
    try:
        yield with_database(admin_url, name)
    finally:
        await _execute(admin_url, SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def with_database(url: str, name: str) -> str:
    """The same server and user, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def database_name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


async def _execute(url: str, statement: SQL | psycopg.sql.Composed) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(statement)
