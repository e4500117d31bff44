"""What is looked for in a prompt before it leaves, and what is hidden."""

import asyncio
from typing import TYPE_CHECKING

from gateway.fences import findings
from gateway.masked_forms import forms_masked
from gateway.masking import masked
from gateway.prepared import Prepared

if TYPE_CHECKING:
    from gateway.door import Parts


async def inspected(prepared: Prepared, parts: "Parts") -> None:
    """Note what looks like an attack, where it stands; it is data either way."""
    del parts
    request = prepared.course.request
    texts = {
        "prompt": " ".join((*(turn.text for turn in request.turns), *request.variables.values())),
        "source": " ".join(passage.text for passage in prepared.course.passages),
        "glossary": " ".join(meaning for _, meaning in prepared.terms),
    }
    prepared.course.findings = tuple(
        (f"{place}.{rule}", count) for place, text in texts.items() for rule, count in sorted(findings(text).items())
    )


async def personal_data_masked(prepared: Prepared, parts: "Parts") -> None:
    """Hide personal data from every model that is not in this process."""
    request = prepared.course.request
    if any(not candidate.provider.offline for candidate in prepared.route.candidates):
        prepared.masked_turns, prepared.mask = await asyncio.to_thread(masked, prepared.turns, parts.recogniser)
        if request.tools or request.structure is not None or request.stop:
            hide = prepared.mask.hiding(parts.recogniser)
            prepared.masked_request = await asyncio.to_thread(forms_masked, request, hide)
