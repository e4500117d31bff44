"""Orders to the model are looked for in what is asked, in passages and in the glossary."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.ai_review.events import ReviewKind
from gateway.computing import computed
from gateway.passages import Passage
from gateway.prepared import Prepared
from gateway.prompting import own_words
from gateway.refusals import PromptBlocked, PromptHeld
from gateway.review_queue import Action, action_of, named, queue
from gateway.reviews import RULES, Finding
from gateway.screening.attacks import findings, is_attack, phrases
from gateway.screening.moderation import rules_of
from gateway.screening.phrases import Passes, Phrase

if TYPE_CHECKING:
    from gateway.door import Parts


@dataclass(frozen=True, slots=True)
class _Found:
    asked: tuple[Phrase, ...]
    by_passage: tuple[tuple[Passage, tuple[Phrase, ...]], ...]


async def inspected(prepared: Prepared, parts: "Parts") -> None:
    """Note what looks like an attack, where it stands; it is data either way, and the tenant may want none of it."""
    found = await computed(_characters(prepared), _inspect, prepared)
    if not found.asked and not found.by_passage:
        return
    passes = await parts.reviews.passing(prepared.course.context)
    _sources(prepared, found, passes)
    await _prompt(prepared, parts, found.asked, passes)


def _characters(prepared: Prepared) -> int:
    request = prepared.course.request
    texts = (*(turn.text for turn in request.turns), *request.given_texts(), request.question or "")
    return sum(map(len, (*texts, *(one.text for one in prepared.course.passages), *(m for _, m in prepared.terms))))


def _inspect(prepared: Prepared) -> _Found:
    course = prepared.course
    request, by_passage = course.request, [findings(passage.text) for passage in course.passages]
    said = "\n".join((*(turn.text for turn in request.turns), *request.given_texts()))
    found = {
        "prompt": findings(said),
        "source": {rule: sum(one.get(rule, 0) for one in by_passage) for one in by_passage for rule in one},
        "glossary": findings("\n".join(meaning for _, meaning in prepared.terms)),
    }
    course.findings = tuple(
        (f"{place}.{rule}", count) for place, rules in found.items() for rule, count in sorted(rules.items())
    )
    suspicious = is_attack(found["prompt"]) or (request.question and own_words(request) != said)
    asked = phrases(own_words(request)) if suspicious else ()
    attacks = zip(course.passages, by_passage, strict=True)
    return _Found(asked, tuple((passage, phrases(passage.text)) for passage, one in attacks if is_attack(one)))


def _sources(prepared: Prepared, found: _Found, passes: Passes) -> None:
    key, course = "ai.injection_sources", prepared.course
    bad = [(passage, [one for one in said if not passes(one)]) for passage, said in found.by_passage]
    bad = [(passage, said) for passage, said in bad if said]
    action = action_of(prepared.policy, key)
    if not bad or action is Action.NOTE:
        return
    if action.stops:
        left_out = [passage for passage, _ in bad]
        course.passages = tuple(passage for passage in course.passages if passage not in left_out)
        course.verdicts.append(("injection.sources", f"left_out:{len(bad)}"))
    if action.is_reviewed:
        said = tuple(dict.fromkeys(one for _, several in bad for one in several))
        documents = tuple(dict.fromkeys(passage.document_id for passage, _ in bad))
        if not action.stops:
            course.verdicts.append(("injection.sources", f"{action}:{','.join(rules_of(said))}"))
        course.to_review.append(
            Finding(
                kind=ReviewKind.INJECTION_SOURCES,
                phrases=said,
                text="",
                withheld=action.stops,
                documents=documents,
            )
        )


async def _prompt(prepared: Prepared, parts: "Parts", said: tuple[Phrase, ...], passes: Passes) -> None:
    stopping = tuple(one for one in said if not passes(one))
    await judged(prepared, parts, ReviewKind.INJECTION_PROMPT, "ai.injection_prompt", stopping)


async def judged(
    prepared: Prepared,
    parts: "Parts",
    kind: ReviewKind,
    key: str,
    found: tuple[Phrase, ...],
    *,
    found_by: str = RULES,
) -> None:
    """Do with what was found in the caller's own words what the policy wants. Raises PromptBlocked."""
    if not found:
        return
    course, policy = prepared.course, prepared.policy
    action, rules = action_of(policy, key), tuple(sorted(rules_of(found)))
    name = str(kind) if found_by == RULES else f"{kind}.{found_by}"
    course.verdicts.append((name, f"{named(action, policy, key)}:{','.join(rules)}"))
    about = str(kind).partition(".")[0]
    if action.is_reviewed:
        finding = Finding(
            kind=kind, phrases=found, text=own_words(course.request), withheld=action.stops, found_by=found_by
        )
        if action.stops:
            review_id = await queue(parts, finding, course, policy)
            raise PromptHeld(tuple(f"{about}.{rule}" for rule in rules), review_id)
        course.to_review.append(finding)
    if action.stops:
        raise PromptBlocked(tuple(f"{about}.{rule}" for rule in rules))
