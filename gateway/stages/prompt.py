"""What the model is told: the tenant's own passages and terms, and the template in force."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from domain.template.built_in import DEFAULT_NAMES
from domain.template.content import TemplatePurpose
from domain.template.live import LiveVersion, drawn, live_versions
from domain.template.values import accepted_values
from gateway.calls import Purpose, Turn
from gateway.computing import HERE_CHARACTERS_MAX, computed
from gateway.prepared import Prepared
from gateway.prompting import Sections, leading_turns, require_a_prompt, sections_of, turns_of
from gateway.room import fitted, in_words, require_room

if TYPE_CHECKING:
    from gateway.door import Parts


async def enriched(prepared: Prepared, parts: "Parts") -> None:
    """Look up passages and glossary terms that whoever asks may read."""
    course, policy, request = prepared.course, prepared.policy, prepared.course.request
    if request.passages is not None:
        course.passages = request.passages
    elif request.question and policy.whole("ai.passages_max"):
        course.passages = tuple(
            await parts.passages.about(
                request.question,
                course.context,
                passages_max=policy.whole("ai.passages_max"),
                tokens_max=policy.whole("ai.passages_tokens_max"),
                # What a text says already is no source for it.
                without=request.document_id,
            )
        )
    asked = " ".join((request.question or "", *request.given_texts()))
    prepared.terms = await parts.passages.definitions(asked, course.context)


async def rendered(prepared: Prepared, parts: "Parts") -> None:
    """Make the turns from the template in force, as long as there is room for them."""
    course, policy = prepared.course, prepared.policy
    most = policy.whole("ai.output_tokens_max")
    request = course.request
    if request.purpose is not Purpose.COMPLETION or request.content or course.passages or prepared.terms:
        _choose(prepared)
    prepared.output_tokens_max = min(course.request.output_tokens_max or most, most)
    as_they_came = prepared.template is None and parts.router.knows(course.request.model, policy)
    characters = sum(len(turn.text) for turn in course.request.turns)
    await computed(characters if as_they_came else HERE_CHARACTERS_MAX + 1, _render, prepared, parts)
    prepared.masked_turns = prepared.turns
    if policy.flag("ai.prompt_cache"):
        both = zip(prepared.turns, leading_turns(request.turns), strict=False)
        prepared.stable_turns = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))
        told = f"{course.context.tenant_id}/{course.template}/{course.template_version}"
        prepared.prompt_cache = hmac.new(parts.cache_secret, f"prompt-cache/{told}".encode(), "sha256").hexdigest()[:32]


def _choose(prepared: Prepared) -> None:
    """Choose the template and its version, and take over what it wishes where the caller wishes nothing."""
    course, request = prepared.course, prepared.course.request
    purpose = TemplatePurpose(request.purpose)
    versions: Sequence[LiveVersion]
    if request.content is not None:
        versions = (LiveVersion(name=request.template, version=0, content=request.content),)
    else:
        name = request.template or DEFAULT_NAMES[purpose]
        versions = live_versions(prepared.policy.templates, name, purpose)
    chosen = prepared.template = drawn(versions, prepared.drawn_by("ai.template_draw"))
    course.template, course.template_version = chosen.name, chosen.version
    if len(versions) > 1:
        course.experiment = f"{chosen.name}-template:{chosen.version}"
    if request.purpose is not Purpose.COMPLETION:  # there the caller's own words say how and by whom
        wished = chosen.content
        prepared.preset = wished.preset if request.temperature is None else None
        course.request = replace(
            request,
            model=wished.model if request.model == "auto" else request.model,
            output_tokens_max=request.output_tokens_max or wished.output_tokens_max,
        )


def _render(prepared: Prepared, parts: "Parts") -> None:
    course, chosen = prepared.course, prepared.template
    tokens_max = _room(prepared, parts)
    if chosen is None:
        prepared.turns = course.request.turns
        require_room(prepared.turns, tokens_max)
    else:
        sections = sections_of(course.request, chosen.content, course.passages, prepared.terms)
        found = fitted(sections, chosen.content.gives_way, _turns(prepared, chosen), tokens_max)
        prepared.turns = found.turns
        course.passages, prepared.terms = tuple(found.sections.passages), found.sections.terms
        if found.cut:
            # The local model reads no prompt: it is given no more than the others.
            shorter = {"context": found.sections.context, "selection": found.sections.selection}
            course.request = replace(course.request, variables={**course.request.variables, **shorter})
        course.cut = in_words(found.cut)
        course.verdicts += [("prompt.room", f"cut:{section}={count}") for section, count in found.cut.items()]
    require_a_prompt(prepared.turns)


def _turns(prepared: Prepared, chosen: LiveVersion) -> Callable[[Sections], tuple[Turn, ...]]:
    request = prepared.course.request
    values = accepted_values(chosen.content, request.values)

    def turns(sections: Sections) -> tuple[Turn, ...]:
        made = turns_of(chosen.content, sections, request.variables, values, prepared.nonce)
        # Without any source left there is nothing to say before a client's own messages.
        bare = request.purpose is Purpose.COMPLETION and not sections.passages and not sections.terms
        return tuple(sections.history) if bare else made

    return turns


def _room(prepared: Prepared, parts: "Parts") -> int:
    """Return how many tokens the prompt may have: what the tenant allows, and one of the models can read."""
    allowed = prepared.policy.whole("ai.prompt_tokens_max")
    context = parts.router.context_tokens_max(prepared.course.request.model, prepared.policy)
    if context is None:
        return allowed
    # The answer stands in the same context; half of it is the prompt's in any case.
    return min(allowed, max(context - prepared.output_tokens_max, context // 2))
