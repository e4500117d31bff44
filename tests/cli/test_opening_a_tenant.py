"""`colophon tenant create`: a tenant with an owner, or nothing at all."""

import pytest

from tests.support.command_line import colophon
from tests.support.up import Up


@pytest.mark.parametrize("owner", ["notanemail", "@tyrell.example", ""])
def test_a_refused_owner_leaves_the_slug_free(up: Up, owner: str) -> None:
    # given
    slug = f"tyrell-{len(owner)}"
    # when
    refused = colophon("tenant", "create", slug, "--name", "Tyrell", "--owner", owner, data=up.folder)
    # then
    assert refused.exit_code == 1
    assert slug not in {row["slug"] for row in colophon("tenant", "list", data=up.folder).document}
    # and
    made = colophon("tenant", "create", slug, "--name", "Tyrell", "--owner", "eldon@tyrell.example", data=up.folder)
    assert made.document["api_key"].startswith("colk_")
