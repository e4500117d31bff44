"""Nearly nothing personal leaves and nearly nothing else is hidden, in texts that no rule was made for."""

import pytest

from bench.safety import pii
from infra.presidio import PresidioRecogniser

RECALL_MIN, PRECISION_MIN = 0.97, 0.98


@pytest.fixture(scope="module")
def score() -> pii.Score:
    return pii.scored(list(pii.texts(held_out=True, times=10)), [PresidioRecogniser(), pii.tenant_names()])


def test_personal_data_is_hidden(score: pii.Score) -> None:
    assert score.recall() >= RECALL_MIN, score.missed[:10]


def test_other_text_is_not(score: pii.Score) -> None:
    assert score.precision() >= PRECISION_MIN, score.wrong[:10]


@pytest.mark.parametrize("kind", ["EMAIL", "PHONE", "CARD", "IBAN", "NAME", "IP", "URL", "SECRET"])
def test_each_frequent_kind_is_hidden(score: pii.Score, kind: str) -> None:
    assert score.there[kind] > 0
    assert score.recall(kind) >= 0.95, [missed for missed in score.missed if missed[0] == kind][:10]
