"""What the model is told: the tenant's own passages and terms, and the template in force."""

import asyncio
from typing import TYPE_CHECKING

from gateway.calls import Purpose
from gateway.prepared import Prepared
from gateway.prompting import turns_for

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
    asked = " ".join((request.question or "", *request.variables.values()))
    prepared.terms = await parts.passages.definitions(asked, course.context)


async def rendered(prepared: Prepared, parts: "Parts") -> None:
    """Make the turns from the template in force."""
    del parts
    course, request = prepared.course, prepared.course.request
    key = f"prompt.{request.purpose}"
    template = ""
    if request.purpose is not Purpose.COMPLETION:
        template = prepared.policy.text(key)
        course.template, course.template_version = key, prepared.policy.versions[key]
    prepared.turns = await asyncio.to_thread(
        turns_for, request, template, prepared.nonce, course.passages, prepared.terms
    )
    prepared.masked_turns = prepared.turns
    prepared.output_tokens_max = min(
        request.output_tokens_max or prepared.policy.whole("ai.output_tokens_max"),
        prepared.policy.whole("ai.output_tokens_max"),
    )
