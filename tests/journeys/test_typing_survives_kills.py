"""A real server is killed at random moments while people type: whatever it had acknowledged is there afterwards."""

import random

from bench.collaboration.colophon import Colophon
from bench.collaboration.kills import raw_clients
from tests.support.up import fresh_folder

ROUNDS = 2
SECONDS_MAX = 1.5


async def test_nothing_acknowledged_is_missing_after_kills_at_random_moments() -> None:
    with fresh_folder() as folder:
        colophon = Colophon(folder)
        try:
            await colophon.start()
            # when
            losses = await raw_clients(colophon, ROUNDS, random.Random(), SECONDS_MAX)
        finally:
            await colophon.stop()
    # then
    assert losses.rounds == ROUNDS
    assert losses.acknowledged > 0
    assert losses.lost == 0
