"""What a provider is told of the trace that a call belongs to: nothing, unless the tenant wants it."""

import random
from dataclasses import replace

from gateway.prepared import Prepared
from gateway.providers.port import ProviderCall
from gateway.routing import Candidate
from gateway.steps import Timing
from tenancy.trace_parents import header


def told_of_its_trace(call: ProviderCall, candidate: Candidate, timing: Timing, prepared: Prepared) -> ProviderCall:
    """Return the call with the place of this very attempt in the trace."""
    if candidate.provider.offline or not prepared.policy.flag("ai.trace_forward"):
        return call
    course = prepared.course
    course.trace_id = course.trace_id or (random.getrandbits(128) if course.parent is None else course.parent.trace_id)
    timing.span_id = random.getrandbits(64) or 1
    sampled = course.parent is None or course.parent.sampled
    return replace(call, traceparent=header(course.trace_id, timing.span_id, sampled=sampled))
