"""Every call of a model as it is looked for and counted: those of the ledger, and those that nobody answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, literal, null, select, union_all
from sqlalchemy import cast as as_type

from domain.ai.unanswered import BROKEN_ANSWERS, CallOutcome
from projections.ai_ledger import ai_calls
from projections.ai_unanswered import ai_unanswered

_OF_BOTH: Final = (
    "tenant_id", "call_id", "position", "at", "member_id", "key_id", "document_id", "conversation_id", "request_id",
    "endpoint", "purpose", "template", "provider", "model", "tags", "latency_milliseconds", "experiment",
)  # fmt: skip
_OF_THE_LEDGER: Final = (
    "finish_reason", "degraded", "fell_back", "cached", "input_tokens", "output_tokens", "cost_micros", "currency",
    "first_token_milliseconds", "confidence_permille",
)  # fmt: skip
_UNANSWERED: Final[Mapping[str, object]] = {
    "finish_reason": "", "degraded": "", "fell_back": False, "cached": False, "input_tokens": 0, "output_tokens": 0,
    "cost_micros": 0, "currency": "",
}  # fmt: skip


def _settled() -> list[ColumnElement[Any]]:
    c = ai_calls.c
    outcome = case(
        (c.finish_reason.in_(BROKEN_ANSWERS), literal(str(CallOutcome.FAILED))),
        else_=literal(str(CallOutcome.ANSWERED)),
    )
    return [
        *(c[name] for name in (*_OF_BOTH, *_OF_THE_LEDGER)),
        literal(value=True).label("settled"),
        outcome.label("outcome"),
        literal("").label("code"),
        literal("").label("stage"),
        literal(1).label("times"),
    ]


def _unanswered() -> list[ColumnElement[Any]]:
    c = ai_unanswered.c
    return [
        *(c[name] for name in _OF_BOTH),
        *(
            as_type(literal(_UNANSWERED[name]) if name in _UNANSWERED else null(), ai_calls.c[name].type).label(name)
            for name in _OF_THE_LEDGER
        ),
        literal(value=False).label("settled"),
        *(c[name] for name in ("outcome", "code", "stage", "times")),
    ]


seen: Final = union_all(select(*_settled()), select(*_unanswered())).subquery("calls")
"""Money of what nobody answered is 0 of no currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """What is None is not asked; a tag's value is asked together with its name."""

    since: datetime | None = None
    until: datetime | None = None
    member_id: UUID | None = None
    key_id: UUID | None = None
    provider: str | None = None
    model: str | None = None
    """As provider/model."""
    purpose: str | None = None
    endpoint: str | None = None
    request_id: str | None = None
    tag: str | None = None
    tag_value: str | None = None
    outcome: str | None = None
    code: str | None = None
    """Why nobody answered."""
    stage: str | None = None
    """Which stage refused."""
    finish: str | None = None
    degraded: bool | None = None
    fell_back: bool | None = None
    cached: bool | None = None
    cost_micros_min: int | None = None
    latency_milliseconds_min: int | None = None


def conditions(wanted: CallFilter) -> Sequence[ColumnElement[bool]]:
    """Return what the rows of `seen` have to be."""
    c = seen.c
    equal: dict[ColumnElement[Any], object] = {
        c.member_id: wanted.member_id,
        c.key_id: wanted.key_id,
        c.provider: wanted.provider,
        c.purpose: wanted.purpose,
        c.endpoint: wanted.endpoint,
        c.request_id: wanted.request_id,
        c.outcome: wanted.outcome,
        c.code: wanted.code,
        c.stage: wanted.stage,
        c.finish_reason: wanted.finish,
        c.fell_back: wanted.fell_back,
        c.cached: wanted.cached,
    }
    found: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
    if wanted.model is not None:
        found.append(_is_model(wanted.model))
    if wanted.degraded is not None:
        found.append((c.degraded != "") if wanted.degraded else (c.degraded == ""))
    if wanted.tag is not None:
        found.append(c.tags.has_key(wanted.tag))
        if wanted.tag_value is not None:
            found.append(c.tags[wanted.tag].astext == wanted.tag_value)
    if wanted.cost_micros_min is not None:
        found.append(c.cost_micros >= wanted.cost_micros_min)
    if wanted.latency_milliseconds_min is not None:
        found.append(c.latency_milliseconds >= wanted.latency_milliseconds_min)
    if wanted.since is not None:
        found.append(c.at >= wanted.since)
    if wanted.until is not None:
        found.append(c.at < wanted.until)
    return found


def _is_model(name: str) -> ColumnElement[bool]:
    """One that was asked for as auto, and that no model was asked for, has no provider."""
    provider, known, model = name.partition("/")
    return (seen.c.provider == (provider if known else "")) & (seen.c.model == (model if known else name))
