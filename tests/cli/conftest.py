"""A running Colophon beside which the commands' tests run."""

from collections.abc import Iterator

import pytest

from tests.support.up import Up, an_up


@pytest.fixture(scope="session")
def up() -> Iterator[Up]:
    """One for all files, with the demo's tenant Acme: starting and stopping it costs more than most tests."""
    with an_up() as running:
        yield running
