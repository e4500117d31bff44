"""Fixtures of the tests of suggestions."""

from tests.gateway.test_providers_over_the_wire import house  # noqa: F401  # a fixture
