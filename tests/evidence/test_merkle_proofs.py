"""Every proof of every small tree holds, and none holds for anything else."""

import hashlib
from collections.abc import Iterator
from itertools import pairwise

import pytest

from domain.evidence.merkle import (
    consistency_spans,
    frontier_of,
    grown,
    hashes,
    inclusion_root,
    inclusion_spans,
    is_consistent,
    leaf_hash,
    node_hash,
    range_root,
    range_spans,
    root_of,
    subtree_of,
    subtrees,
)

SIZE_MAX = 20
LEAVES = [leaf_hash(f"event {n}".encode()) for n in range(SIZE_MAX)]
OTHER = leaf_hash(b"another")


def root(size: int) -> bytes:
    return root_of(frontier_of(LEAVES[:size]))


def proof(spans: list[tuple[int, int]], size: int) -> list[bytes]:
    return [subtree_of(LEAVES[:size])(span) for span in spans]


def altered(path: list[bytes]) -> Iterator[list[bytes]]:
    """Every way of getting a list of hashes wrong by one step."""
    for index in range(len(path)):
        yield path[:index] + path[index + 1 :]
        yield [*path[:index], OTHER, *path[index + 1 :]]
        yield [*path[:index], OTHER, *path[index:]]
    yield [*path, OTHER]
    for (left, one), (right, other) in pairwise(enumerate(path)):
        if one != other:
            yield [*path[:left], other, one, *path[right + 1 :]]


def ranges() -> Iterator[tuple[int, int, int]]:
    for size in range(1, SIZE_MAX):
        for first in range(size):
            for end in range(first + 1, size + 1):
                yield first, end, size


# RFC 6962's own test data, as the reference implementations publish it.
PUBLISHED_INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
PUBLISHED_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", PUBLISHED_ROOTS)
def test_roots_are_those_of_the_published_vectors(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(text)) for text in PUBLISHED_INPUTS[:size]]
    assert root_of(frontier_of(leaves)).hex() == PUBLISHED_ROOTS[size]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert root_of(b"") == hashlib.sha256(b"").digest()


def test_a_frontier_grows_as_if_it_had_been_built_at_once() -> None:
    for size in range(SIZE_MAX):
        for more in range(SIZE_MAX - size):
            leaves = LEAVES[size : size + more]
            assert grown(frontier_of(LEAVES[:size]), size, leaves) == frontier_of(LEAVES[: size + more])


def test_every_leaf_of_every_tree_is_proven_by_at_most_log_n_hashes() -> None:
    for size in range(1, SIZE_MAX):
        for index in range(size):
            path = proof(inclusion_spans(index, size), size)
            assert len(path) <= (size - 1).bit_length()
            assert inclusion_root(index, size, LEAVES[index], path) == root(size)


def test_an_inclusion_proof_holds_for_no_other_leaf_place_size_or_path() -> None:
    for size in range(1, SIZE_MAX):
        for index in range(size):
            path = proof(inclusion_spans(index, size), size)
            assert inclusion_root(index, size, OTHER, path) != root(size)
            for place in {index - 1, index + 1, size, -1} - {index}:
                assert inclusion_root(place, size, LEAVES[index], path) != root(size)
            for wrong in altered(path):
                assert inclusion_root(index, size, LEAVES[index], wrong) != root(size)
            assert inclusion_root(index, size + 1, LEAVES[index], path) != root(size + 1)


def test_growth_between_all_pairs_of_sizes_is_proven_and_nothing_else_is() -> None:
    for size in range(1, SIZE_MAX):
        for old in range(1, size + 1):
            path = proof(consistency_spans(old, size), size)
            assert len(path) <= (size - 1).bit_length() + 1
            assert is_consistent(old, size, root(old), root(size), path)
            assert not is_consistent(old, size, OTHER, root(size), path)
            assert not is_consistent(old, size, root(old), OTHER, path)
            for wrong in altered(path):
                assert not is_consistent(old, size, root(old), root(size), wrong)
            for other in {old - 1, old + 1} - {old}:
                if other <= size:
                    assert not is_consistent(other, size, root(old), root(size), path)


def test_a_rewritten_history_is_not_consistent_with_the_old_root() -> None:
    for old in range(1, 17):
        for changed in range(old):
            forked = [*LEAVES[:changed], OTHER, *LEAVES[changed + 1 : 17]]
            path = [subtree_of(forked)(span) for span in consistency_spans(old, 17)]
            assert not is_consistent(old, 17, root(old), root_of(frontier_of(forked)), path)


def test_every_range_of_every_tree_is_proven_by_at_most_two_log_n_hashes() -> None:
    for first, end, size in ranges():
        path = proof(range_spans(first, end, size), size)
        assert len(path) <= 2 * size.bit_length()
        assert range_root(first, size, LEAVES[first:end], path) == root(size)


def test_a_range_proof_holds_for_no_changed_missing_added_or_reordered_leaf() -> None:
    for first, end, size in ranges():
        path = proof(range_spans(first, end, size), size)
        for wrong in altered(LEAVES[first:end]):
            assert range_root(first, size, wrong, path) != root(size)


def test_a_range_proof_holds_for_no_other_place_size_or_path() -> None:
    for first, end, size in ranges():
        leaves, path = LEAVES[first:end], proof(range_spans(first, end, size), size)
        for place in (first - 1, first + 1, -1, size):
            assert range_root(place, size, leaves, path) != root(size)
        for other in (size - 1, size + 1):
            assert range_root(first, other, leaves, path) != root(other)
        for wrong in altered(path):
            assert range_root(first, size, leaves, wrong) != root(size)


@pytest.mark.parametrize("place", [(-1, 5), (5, 5), (0, 0)])
def test_there_is_no_proof_for_a_place_outside_the_tree(place: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no such place"):
        inclusion_spans(*place)


def test_the_nodes_of_a_proof_are_made_of_complete_subtrees() -> None:
    size = SIZE_MAX - 1
    for span in range_spans(9, 14, size) + consistency_spans(9, size) + inclusion_spans(3, size):
        known = {(level, index): _complete(level, index) for level, index in subtrees(span)}
        assert hashes([span], known) == [subtree_of(LEAVES[:size])(span)]


def _complete(level: int, index: int) -> bytes:
    if level == 0:
        return LEAVES[index]
    return node_hash(_complete(level - 1, 2 * index), _complete(level - 1, 2 * index + 1))
