"""How ranks become one: scores made comparable, paths added, documents spread, a budget filled."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log2
from typing import Final
from uuid import UUID

from gateway.passages import Passage
from knowledge.words import count_tokens

SEMANTIC_SHARE, LEXICAL_SHARE, TITLE_SHARE, NAME_SHARE = 0.5, 0.3, 0.6, 0.2
BRIDGE_SHARE: Final = 1.3
MENTION_SHARE: Final = 0.6
ROUND_DECAY: Final = 0.7
SEED_POWER: Final = 4
SAME_DOCUMENT_MAX: Final = 3

Scores = dict[UUID, float]


def comparable(ranked: Iterable[tuple[UUID, float]]) -> Scores:
    """Scale scores to 0 to 1; the last of a ranking still counts a little."""
    found = dict(ranked)
    if not found:
        return {}
    high, low = max(found.values()), min(found.values())
    spread = (high - low) or 1.0
    return {id_: 0.05 + 0.95 * (score - low) / spread if high > low else 1.0 for id_, score in found.items()}


def fused(paths: Mapping[str, Scores], shares: Mapping[str, float]) -> Scores:
    """Add up the paths' scores, each by its share."""
    total: defaultdict[UUID, float] = defaultdict(float)
    for path, scores in paths.items():
        for id_, score in scores.items():
            total[id_] += shares[path] * score
    return dict(total)


def bridged(
    seed: float, similarity: float, named: Mapping[UUID, Sequence[UUID]], titled: Iterable[UUID], *, round_number: int
) -> Scores:
    """
    Return what one sentence of a seed adds to the chunks that it leads to.

    Through a document's title it leads further than through a mention, and through a rare name further than through
    one that many chunks have.
    """
    weight = BRIDGE_SHARE * seed**SEED_POWER * max(0.0, similarity) * ROUND_DECAY**round_number
    added: Scores = dict.fromkeys(titled, weight)
    for chunks in named.values():
        for id_ in chunks:
            worth = weight * MENTION_SHARE / log2(1 + max(1, len(chunks)))
            added[id_] = max(added.get(id_, 0.0), worth)
    return added


def spread(passages: Sequence[Passage], *, first: int) -> list[Passage]:
    """Take the best, at most SAME_DOCUMENT_MAX of one document; what is left over fills up what is missing."""
    seen: Counter[UUID] = Counter()
    taken: list[Passage] = []
    rest: list[Passage] = []
    for passage in passages:
        seen[passage.document_id] += 1
        (taken if seen[passage.document_id] <= SAME_DOCUMENT_MAX else rest).append(passage)
    return sorted((taken + rest)[:first], key=lambda p: -p.score)


def within_budget(passages: Sequence[Passage], *, passages_max: int, tokens_max: int) -> list[Passage]:
    """Fill the budget with the best that still fit, best first."""
    kept: list[Passage] = []
    left = tokens_max
    for passage in passages:
        tokens = count_tokens(passage.text)
        if len(kept) < passages_max and tokens <= left:
            kept.append(passage)
            left -= tokens
    return kept
