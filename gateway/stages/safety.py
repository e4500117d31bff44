"""What is looked for in a prompt before it leaves, and what is hidden."""

import asyncio
from typing import TYPE_CHECKING

from gateway.masked_forms import forms_masked
from gateway.masking import Recogniser, masked
from gateway.personal.names import Names
from gateway.personal.patterns import Patterns
from gateway.personal.rules import Together
from gateway.prepared import Prepared
from gateway.prompting import own_words
from gateway.refusals import PromptBlocked, PromptTooLong
from gateway.screening.attacks import findings, is_attack
from gateway.screening.moderation import AnswerScreen, Moderator
from tenancy.context import TenantContext
from tenancy.policies import Policy

if TYPE_CHECKING:
    from gateway.door import Parts


async def short_enough(prepared: Prepared, parts: "Parts") -> None:
    """Refuse what somebody wrote at too great a length."""
    del parts
    characters = len(own_words(prepared.course.request))
    characters_max = prepared.policy.whole("ai.input_characters_max")
    if characters > characters_max:
        raise PromptTooLong(characters, characters_max)


async def inspected(prepared: Prepared, parts: "Parts") -> None:
    """Note what looks like an attack, where it stands; it is data either way, and the tenant may want none of it."""
    del parts
    await asyncio.to_thread(_inspect, prepared)


def _inspect(prepared: Prepared) -> None:
    course, policy = prepared.course, prepared.policy
    request, by_passage = course.request, [findings(passage.text) for passage in course.passages]
    found = {
        "prompt": findings("\n".join((*(turn.text for turn in request.turns), *request.variables.values()))),
        "source": {rule: sum(one.get(rule, 0) for one in by_passage) for one in by_passage for rule in one},
        "glossary": findings("\n".join(meaning for _, meaning in prepared.terms)),
    }
    course.findings = tuple(
        (f"{place}.{rule}", count) for place, rules in found.items() for rule, count in sorted(rules.items())
    )
    if policy.text("ai.injection_sources") == "leave_out" and any(map(is_attack, by_passage)):
        kept = [passage for passage, one in zip(course.passages, by_passage, strict=True) if not is_attack(one)]
        course.verdicts.append(("injection.sources", f"left_out:{len(course.passages) - len(kept)}"))
        course.passages = tuple(kept)
    asked = findings(own_words(request)) if is_attack(found["prompt"]) or request.question else {}
    if is_attack(asked):
        action = policy.text("ai.injection_prompt")
        course.verdicts.append(("injection.prompt", f"{action}:{','.join(sorted(asked))}"))
        if action == "refuse":
            raise PromptBlocked(tuple(f"injection.{rule}" for rule in sorted(asked)))


async def moderated(prepared: Prepared, parts: "Parts") -> None:
    """Look for what the tenant does not want said, and be ready to look at the answer."""
    del parts
    policy = prepared.policy
    moderator = Moderator(policy.names("ai.blocklist"))
    prepared.screen = lambda: AnswerScreen(moderator, blocks=policy.text("ai.moderation_answer") == "block")
    found = moderator.find(own_words(prepared.course.request))
    if found:
        action = policy.text("ai.moderation_prompt")
        prepared.course.verdicts.append(("moderation.prompt", f"{action}:{','.join(found)}"))
        if action == "block":
            raise PromptBlocked(tuple(f"moderation.{rule}" for rule in found))


async def personal_data_masked(prepared: Prepared, parts: "Parts") -> None:
    """Hide personal data from every model that is not in this process."""
    request = prepared.course.request
    if any(not candidate.provider.offline for candidate in prepared.route.everybody):
        recogniser = await recogniser_for(prepared.course.context, prepared.policy, parts)
        prepared.masked_turns, prepared.mask = await asyncio.to_thread(masked, prepared.turns, recogniser)
        if request.tools or request.structure is not None or request.stop:
            hide = prepared.mask.hiding(recogniser)
            prepared.masked_request = await asyncio.to_thread(forms_masked, request, hide)


async def recogniser_for(context: TenantContext, policy: Policy, parts: "Parts") -> Recogniser:
    """Return what finds personal data for this tenant: everybody's rules, its people's names, its own patterns."""
    names = await parts.people.names(context) if policy.flag("ai.pii_names") else Names()
    return Together((parts.recogniser, names, Patterns(policy.names("ai.pii_patterns"))))
