"""What is looked for in a prompt before it leaves, and what is hidden."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gateway.calls import Turn
from gateway.computing import HERE_CHARACTERS_MAX, computed
from gateway.masked_forms import forms_masked
from gateway.masking import Recogniser, masked
from gateway.personal.names import Names
from gateway.personal.patterns import Patterns
from gateway.personal.rules import Together
from gateway.prepared import Prepared
from gateway.prompting import own_words
from gateway.refusals import PromptTooLong
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


async def personal_data_masked(prepared: Prepared, parts: "Parts") -> None:
    """Hide personal data from every model that is not in this process."""
    request = prepared.course.request
    if any(not candidate.provider.offline for candidate in prepared.route.everybody):
        recogniser = await recogniser_for(prepared.course.context, prepared.policy, parts)
        # A tenant's own patterns may take as long as they are let.
        characters = (
            HERE_CHARACTERS_MAX + 1 if prepared.policy.names("ai.pii_patterns") else _characters(prepared.turns)
        )
        prepared.masked_turns, prepared.mask = await computed(characters, masked, prepared.turns, recogniser)
        if request.tools or request.structure is not None or request.stop:
            hide = prepared.mask.hiding(recogniser)
            prepared.masked_request = await asyncio.to_thread(forms_masked, request, hide)


def _characters(turns: Sequence[Turn]) -> int:
    return sum(len(turn.text) + sum(len(call.arguments) for call in turn.tool_calls) for turn in turns)


async def recogniser_for(context: TenantContext, policy: Policy, parts: "Parts") -> Recogniser:
    """Return what finds personal data for this tenant: everybody's rules, its people's names, its own patterns."""
    names = await parts.people.names(context) if policy.flag("ai.pii_names") else Names()
    return Together((parts.recogniser, names, Patterns(policy.names("ai.pii_patterns"))))
