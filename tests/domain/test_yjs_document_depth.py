"""A document cannot be made too deep by many small updates, and is measured only when that is in doubt."""

from domain.yjs.depth import DOCUMENT_DEPTH_LEVELS_MAX, DepthBound
from domain.yjs.update import UpdateContents, read_update
from tests.domain.yjs_bytes import ELEMENT, client, in_item, in_root, update


class Measured:
    def __init__(self, levels: int) -> None:
        self.levels = levels
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.levels


def nested(levels: int) -> UpdateContents:
    structs = [in_root(7, ELEMENT), *(in_item(7, (7, clock), ELEMENT) for clock in range(levels - 1))]
    return read_update(update(client(7, 0, *structs)))


TYPING = read_update(update(client(7, 0, in_root(4, b"\1a"))))


def test_blocks_side_by_side_never_reach_the_bound() -> None:
    measured = Measured(2)
    bound = DepthBound(measured)

    for _ in range(10 * DOCUMENT_DEPTH_LEVELS_MAX):
        assert bound.admits(nested(2))
        bound.add(nested(2))
        bound.applied(nested(2))

    assert measured.times < 30


def test_what_would_be_too_deep_is_refused_and_typing_goes_on() -> None:
    bound = DepthBound(Measured(DOCUMENT_DEPTH_LEVELS_MAX - 1))

    assert bound.admits(nested(1))
    assert not bound.admits(nested(2))
    assert bound.admits(TYPING)


def test_updates_that_wait_for_their_commit_count() -> None:
    bound = DepthBound(Measured(0))

    bound.add(nested(60))

    assert not bound.admits(nested(60))
    bound.applied(nested(60))
    assert bound.admits(nested(60))
