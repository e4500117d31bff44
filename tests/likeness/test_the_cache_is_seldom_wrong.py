"""At its defaults the cache for questions in other words has hits, and none where a question only looks like one."""

from bench.caching import hits


async def test_what_only_looks_like_a_question_hardly_ever_has_its_answer() -> None:
    found = list(hits.pairs(times=1))
    alike = await hits.similarities(found)
    score = hits.scored(found, alike, hits.default_similarity(), words=True)
    assert score.wrong_hits() <= 0.005, [(pair.one, pair.other) for pair in score.wrong]
    assert score.hit_rate("politeness") >= 0.7
    assert score.hit_rate("case and marks") >= 0.9
    assert score.hit_rate() >= 0.5


async def test_similarity_alone_would_give_many_wrong_ones() -> None:
    found = list(hits.pairs(times=1))
    alike = await hits.similarities(found)
    assert hits.scored(found, alike, 0.95, words=False).wrong_hits() > 0.2
