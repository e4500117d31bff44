"""The shares of a text sum to the whole, however they are rounded."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.provenance.attribution import Origin
from domain.provenance.reading import SHARE_STEPS, shares

COUNTS = st.fixed_dictionaries({origin: st.integers(0, 10**7) for origin in Origin})


@given(COUNTS)
def test_shares_sum_to_the_whole_or_there_is_no_text(counts: dict[Origin, int]) -> None:
    assert sum(shares(counts).values()) == (1 if any(counts.values()) else 0)


@given(COUNTS)
def test_no_share_is_off_by_a_step(counts: dict[Origin, int]) -> None:
    total = max(1, sum(counts.values()))
    for origin, share in shares(counts).items():
        assert abs(share - Decimal(counts[origin]) / total) < Decimal(1) / SHARE_STEPS


def test_three_equal_thirds_are_not_less_than_the_whole() -> None:
    thirds = shares({Origin.HUMAN: 1, Origin.AI: 1, Origin.UNKNOWN: 1})
    assert sorted(thirds.values()) == [Decimal("0.3333"), Decimal("0.3333"), Decimal("0.3334")]
