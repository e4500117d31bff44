"""The time of words that differ is that of the last of them."""

from datetime import UTC, datetime

from api.diffing import By
from domain.actor import Actor, ActorKind
from domain.document.body import BodyKind
from domain.history.comparing import Authors, Comparison
from domain.history.tree import Char, TextNode, whole
from domain.provenance.attribution import Origin

HOURS = {0: 9, 1: 11, 2: 10}


def test_words_that_one_author_added_are_of_when_the_last_was() -> None:
    # given
    def inserted(id_: tuple[int, int]) -> By:
        at = datetime(2026, 11, 21, HOURS[id_[1]], tzinfo=UTC)
        return By(origin=Origin.HUMAN, author=Actor(ActorKind.MEMBER), generation_id=None, at=at)

    after = TextNode(tuple(Char(1, clock, char, {}) for clock, char in enumerate("abc")))
    # when
    comparison = Comparison(
        BodyKind.PLAIN,
        whole((TextNode(()),)),
        whole((after,)),
        root=lambda client, clock: (client, clock),
        authors=Authors(inserted=inserted, deleted=lambda _: None),
    )
    [block] = comparison.differences()
    [segment] = block.segments
    # then
    assert (segment.text, segment.by and segment.by.at.hour) == ("abc", 11)
