"""A document cannot be made too deep by many small updates, and is measured only when that is in doubt."""

from domain.yjs.depth import DOCUMENT_DEPTH_LEVELS_MAX, DepthBound, nesting_levels
from domain.yjs.update import UpdateContents, read_update
from tests.domain.yjs_bytes import ELEMENT, client, in_item, in_root, update


def nested(levels: int) -> UpdateContents:
    structs = [in_root(7, ELEMENT), *(in_item(7, (7, clock), ELEMENT) for clock in range(levels - 1))]
    return read_update(update(client(7, 0, *structs)))


TYPING = read_update(update(client(7, 0, in_root(4, b"\1a"))))


def test_blocks_side_by_side_never_reach_the_bound() -> None:
    bound, measurements = DepthBound(2), 0

    for _ in range(10 * DOCUMENT_DEPTH_LEVELS_MAX):
        if not bound.admits(nested(2)):
            bound.measured(2, bound.mark)
            measurements += 1
        assert bound.admits(nested(2))
        bound.apply(nested(2))

    assert measurements < 30


def test_what_would_be_too_deep_is_refused_and_typing_goes_on() -> None:
    bound = DepthBound(DOCUMENT_DEPTH_LEVELS_MAX - 1)

    assert bound.admits(nested(1))
    assert not bound.admits(nested(2))
    assert bound.admits(TYPING)


def test_a_document_that_nobody_has_looked_at_is_measured_before_it_grows_deeper() -> None:
    bound = DepthBound()

    assert bound.admits(TYPING)
    assert not bound.admits(nested(1))
    bound.measured(3, bound.mark)
    assert bound.admits(nested(1))


def test_updates_that_a_measurement_does_not_see_count() -> None:
    bound = DepthBound(0)
    mark = bound.mark
    bound.apply(nested(60))

    bound.measured(0, mark)

    assert not bound.admits(nested(60))


def test_updates_that_wait_for_their_commit_count() -> None:
    assert not DepthBound(0).admits(nested(60), waiting_levels=60)
    assert DepthBound(0).admits(TYPING, waiting_levels=1_000)


def test_a_state_is_measured_by_its_deepest_chain() -> None:
    structs = [in_root(7, ELEMENT), *(in_item(7, (7, clock), ELEMENT) for clock in range(149))]
    assert nesting_levels(update(client(7, 0, *structs))) == 150
    assert nesting_levels(b"") == 0
