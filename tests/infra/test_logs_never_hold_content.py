"""Log lines say who, where and what happened, and hold neither secrets nor the text of documents."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
import structlog

from domain.actor import Actor, ActorKind
from domain.ids import TenantId
from infra.logging import configure_logging
from tenancy.context import TenantContext, current_context_or_none, tenant_scope

TENANT = TenantId(UUID("00000000-0000-7000-8000-00000000acde"))
ANA = Actor(ActorKind.MEMBER, UUID("00000000-0000-7000-8000-000000000001"))
CANARY = "the merger is on Tuesday"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    configure_logging("debug", stream=stream, context=current_context_or_none)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    root.handlers = before
    root.setLevel(level)


def test_a_line_carries_the_request_the_tenant_and_the_actor(lines: Lines) -> None:
    scope = TenantContext(tenant_id=TENANT, actor=ANA, permissions=frozenset(), request_id="r-1")
    with tenant_scope(scope):
        structlog.get_logger().info("document.renamed", position=7)
    (line,) = lines()
    assert line["event"] == "document.renamed"
    assert line["position"] == 7
    assert (line["request_id"], line["tenant"], line["actor"]) == ("r-1", str(TENANT), str(ANA))


def test_a_line_outside_a_scope_carries_the_request_alone(lines: Lines) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-2"):
        structlog.get_logger().info("request.answered")
    (line,) = lines()
    assert line["request_id"] == "r-2"
    assert "tenant" not in line


@pytest.mark.parametrize(
    "name",
    [
        "title", "text", "markdown", "content", "body", "update", "state", "prompt", "email", "token",
        "csrf_token", "api_key", "Authorization", "set-cookie", "password", "client_secret", "database_url",
    ],
)  # fmt: skip
def test_secrets_and_content_are_replaced_however_deep(lines: Lines, name: str) -> None:
    structlog.get_logger().info("something.happened", **{name: CANARY}, inner={"list": [{name: CANARY}]})
    (line,) = lines()
    assert CANARY not in json.dumps(line)


def test_counts_are_kept_and_bytes_are_only_counted(lines: Lines) -> None:
    structlog.get_logger().info("something.happened", tokens=12, payload=CANARY.encode(), notes=["x" * 9000])
    (line,) = lines()
    assert line["tokens"] == 12
    assert line["payload"] == "[24 bytes]"
    assert CANARY not in json.dumps(line)
    assert len(json.dumps(line)) < 1_000


def test_a_traceback_tells_types_and_places_but_no_values(lines: Lines) -> None:
    try:
        try:
            raise psycopg.errors.CheckViolation(f"Failing row contains ({CANARY}).")
        except psycopg.Error as cause:
            raise RuntimeError("the append failed") from cause
    except RuntimeError:
        structlog.get_logger().exception("request.failed")
    (line,) = lines()
    outer, inner = line["exception"]
    assert outer["said"] == "the append failed"
    assert inner["type"] == "psycopg.errors.CheckViolation"
    assert CANARY not in json.dumps(line)


@pytest.mark.parametrize(
    "quoting",
    [
        lambda: int(CANARY),
        lambda: dict[str, str]()[CANARY],
        lambda: float(CANARY),
    ],
)
def test_an_error_of_the_language_does_not_quote_what_it_was_given(lines: Lines, quoting: Callable[[], object]) -> None:
    try:
        quoting()
    except Exception:  # noqa: BLE001  # whatever the language raises
        structlog.get_logger().exception("request.failed")
    else:
        structlog.get_logger().error("nothing was raised")
    (line,) = lines()
    assert CANARY not in json.dumps(line)


def test_libraries_speak_through_the_same_pipeline_and_keep_their_chatter(lines: Lines) -> None:
    logging.getLogger("websockets.server").debug("< TEXT %r", CANARY)
    logging.getLogger("uvicorn.access").info('GET /collab/1?token=%s"', CANARY)
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 1)
    logging.getLogger("psycopg.pool").warning("error connecting")
    assert [(line["logger"], line["event"]) for line in lines()] == [
        ("uvicorn.error", "Started server process [1]"),
        ("psycopg.pool", "error connecting"),
    ]


def test_finer_lines_than_asked_for_are_not_written() -> None:
    stream = io.StringIO()
    configure_logging("warning", stream=stream, context=current_context_or_none)
    structlog.get_logger().info("something.happened")
    structlog.reset_defaults()
    assert stream.getvalue() == ""
