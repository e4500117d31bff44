"""What a document's provenance says of its text: who wrote which part, and how much of it is whose."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from domain.provenance.attribution import NOBODY_KNOWS, Attribution, Origin
from domain.provenance.id_map import IdMap
from domain.yjs.ids import IdRanges


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Whose some text is and when it was recorded; nobody knows when what nobody knows of was written."""

    attribution: Attribution
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Text of one author in one top-level block; offsets count code points, `at` is when the last of it came."""

    block: int
    start: int
    end: int
    credit: Credit

    @property
    def characters(self) -> int:
        return self.end - self.start


SHARE_STEPS: Final = 10_000
"""Shares are told in hundredths of a percent."""
UNCREDITED: Final = Credit(attribution=NOBODY_KNOWS, at=None)


def credited(
    id_map: IdMap, text: IdRanges, credits_max: int
) -> tuple[Sequence[Credit], Sequence[tuple[int, int, int, int]]]:
    """
    Return whose the text is, as numbered credits and as (client, start, end, number) ranges.

    What exceeds the number of credits is called unknown: it is still nobody else's.
    """
    numbers: dict[Credit, int] = {UNCREDITED: 0}
    ranges = []
    for client, start, end, stretch in id_map.split(text):
        credit = Credit(attribution=stretch.attribution, at=stretch.until) if stretch else UNCREDITED
        number = numbers.setdefault(credit, len(numbers)) if len(numbers) < credits_max else numbers.get(credit, 0)
        ranges.append((client, start, end, number))
    return tuple(numbers), ranges


def joined(spans: Iterable[Span]) -> Sequence[Span]:
    """Join neighbours in one block that have the same author."""
    found: list[Span] = []
    for span in spans:
        last = found[-1] if found else None
        if (
            last is not None
            and (last.block, last.end) == (span.block, span.start)
            and last.credit.attribution == span.credit.attribution
        ):
            found[-1] = replace(last, end=span.end, credit=_later(last.credit, span.credit))
        else:
            found.append(span)
    return tuple(found)


def _later(one: Credit, other: Credit) -> Credit:
    return other if other.at is not None and (one.at is None or other.at > one.at) else one


def by_author(spans: Iterable[Span]) -> Mapping[Attribution, int]:
    """Return how many characters are whose, most first."""
    counted: Counter[Attribution] = Counter()
    for span in spans:
        counted[span.credit.attribution] += span.characters
    return dict(counted.most_common())


def by_origin(authors: Mapping[Attribution, int]) -> Mapping[Origin, int]:
    """Return how many characters are of which origin; every origin is told."""
    return {origin: sum(n for a, n in authors.items() if a.origin is origin) for origin in Origin}


def shares(counts: Mapping[Origin, int]) -> Mapping[Origin, Decimal]:
    """Return which share of all characters each origin has, rounded so that they sum to one exactly, or all to zero."""
    total = sum(counts.values())
    if not total:
        return dict.fromkeys(counts, Decimal(0))
    steps = {origin: count * SHARE_STEPS // total for origin, count in counts.items()}
    most_cut = sorted(counts, key=lambda origin: counts[origin] * SHARE_STEPS % total, reverse=True)
    for origin in most_cut[: SHARE_STEPS - sum(steps.values())]:
        steps[origin] += 1
    return {origin: Decimal(count) / SHARE_STEPS for origin, count in steps.items()}


def unreviewed_ai(authors: Mapping[Attribution, int]) -> int:
    """Return how many characters of AI nobody has accepted."""
    return sum(n for a, n in authors.items() if a.origin is Origin.AI and a.accepted_by is None)
