"""Settled calls for tests of what they cost."""

from typing import Any

from uuid_utils.compat import uuid7

from app.bootstrap import Colophon
from app.wiring.gateway import recording
from commands.ai.record_ai_call import RecordAiCall
from commands.ai.record_unanswered_call import RecordUnansweredCall
from commands.event_log import CommandContext
from domain.ai.events import MICROS, AiCallSettled
from domain.ai.steps import STAGE, CallStep
from domain.ai.unanswered import AiCallFailed, AiCallRefused, AiCallUnanswered
from domain.ids import CallId, MemberId
from gateway.prices import LOCAL
from infra import clock
from tests.support.world import Person


def settled(who: Person, **differences: Any) -> AiCallSettled:
    return settled_for(who.member_id, **differences)


def _asked(member_id: MemberId) -> dict[str, Any]:
    """What is known of a call before anybody has answered it."""
    return {
        "call_id": CallId(uuid7()),
        "member_id": member_id,
        "key_id": None,
        "document_id": None,
        "conversation_id": None,
        "request_id": "",
        "endpoint": "",
        "tags": (),
        "purpose": "chat",
        "template": "chat",
        "template_version": 0,
    }


def settled_for(member_id: MemberId, **differences: Any) -> AiCallSettled:
    fact = {
        **_asked(member_id),
        "provider": "local",
        "model": "extractive",
        "route_reason": "asked for",
        "attempts": ("local/extractive: answered",),
        "experiment": "",
        "confidence_permille": None,
        "degraded": "",
        "input_tokens": 100,
        "cache_read_tokens": 20,
        "cache_write_tokens": 0,
        "output_tokens": 30,
        "reasoning_tokens": 0,
        "cost_micros": 48,
        "other_legs_micros": 0,
        "currency": "USD",
        "micros_per_usd": MICROS,
        "rates_micros_per_million": LOCAL.named(),
        "reserved_micros": 900,
        "estimated": False,
        "cached": False,
        "finish_reason": "stop",
        "masked": (),
        "findings": (),
        "verdicts": (),
        "source_documents": (),
        "latency_milliseconds": 12,
        "first_token_milliseconds": 3,
    }
    return AiCallSettled(**{**fact, **differences})


async def record(colophon: Colophon, who: Person, **differences: Any) -> AiCallSettled:
    """Take a call of this person into the ledger."""
    call = settled(who, **differences)
    context = CommandContext(tenant=recording(who.context), command_id=uuid7(), now=clock.now())
    await colophon.platform.executor.execute(RecordAiCall(call=call), context)
    return call


async def unanswered(
    colophon: Colophon, who: Person, kind: type[AiCallUnanswered] = AiCallRefused, **differences: Any
) -> AiCallUnanswered:
    """Keep that nobody answered a call of this person."""
    failed = kind is AiCallFailed
    code = "ai.providers_unavailable" if failed else "ai.budget_exceeded"
    stopped = CallStep(kind=STAGE, name="reserved", began_microseconds=5, took_microseconds=2_000, outcome=code)
    fact: dict[str, Any] = {
        **_asked(who.member_id),
        "wanted_model": "auto",
        "route_reason": "asked for",
        "attempts": (),
        "experiment": "",
        "code": code,
        "stage": "" if failed else "reserved",
        "detail": "" if failed else "member_day",
        "masked": (),
        "findings": (),
        "verdicts": (),
        "latency_milliseconds": 3,
        "steps": () if failed else (stopped,),
        "times": 1,
    }
    call = kind(**{**fact, **differences})
    context = CommandContext(tenant=recording(who.context), command_id=uuid7(), now=clock.now())
    await colophon.platform.executor.execute(RecordUnansweredCall(call=call), context)
    return call
