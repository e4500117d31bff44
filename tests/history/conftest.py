"""One pair of tenants for the tests of a file: each test has documents of its own."""

import pytest

from app.bootstrap import Colophon
from tests.support.world import Tenant, open_tenant


@pytest.fixture(scope="module")
async def acme(colophon: Colophon) -> Tenant:
    return await open_tenant(colophon, "Acme")


@pytest.fixture(scope="module")
async def globex(colophon: Colophon) -> Tenant:
    return await open_tenant(colophon, "Globex")
