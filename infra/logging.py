"""Logs as JSON lines that say who did what, and never what was written."""

import json
import logging
from collections.abc import Callable
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from infra.redaction import exception_without_content, redacted
from tenancy.context import TenantContext

# Libraries put messages, queries and whole frames into their finer levels.
FOREIGN_LEVEL_MIN = logging.WARNING
WORTH_KNOWING = ("uvicorn.error",)
# Our own middleware tells of each request, without the query string and its tokens.
SILENCED = ("uvicorn.access",)


def configure_logging(level: str, *, stream: TextIO, context: Callable[[], TenantContext | None]) -> None:
    """Send our own and every library's lines through one pipeline; uvicorn is given `log_config=None`."""
    number = logging.getLevelNamesMapping()[level.upper()]
    pipeline: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _scope(context),
        structlog.processors.ExceptionRenderer(exception_without_content),
        redacted,
    ]
    last = structlog.processors.JSONRenderer(serializer=json.dumps, default=str)
    structlog.configure(
        processors=[*pipeline, last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    _route_standard_library(number, stream, pipeline, last)


def _scope(context: Callable[[], TenantContext | None]) -> Processor:
    """Add the tenant, the actor and the request that the line belongs to."""

    def add_scope(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
        scope = context()
        if scope is not None:
            line.setdefault("request_id", scope.request_id)
            line["tenant"] = str(scope.tenant_id)
            line["actor"] = str(scope.actor)
        return line

    return add_scope


def _route_standard_library(number: int, stream: TextIO, pipeline: list[Processor], last: Processor) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *pipeline],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
            # Otherwise the standard formatter appends the traceback, with its values, after our line.
            keep_exc_info=False,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(number, FOREIGN_LEVEL_MIN))
    for name in WORTH_KNOWING:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(max(number, logging.INFO))
    for name in SILENCED:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], False
