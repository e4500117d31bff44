"""What a provider's refusal says: whose fault it is, whether to ask again, and when."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from gateway.providers.port import FailureKind, ProviderFailed

RETRY_AFTER_SECONDS_MAX = 300.0
"""What asks for a longer rest than this is asked again sooner: nobody is left alone for a day by one header."""
DIGITS_MAX = 12

_RATE_LIMITED: Final = 429
_PASSES: Final = frozenset({408, 409})
_OUR_ACCOUNT: Final = frozenset({401, 402, 403})
_CLIENT_FAULTS_FROM, _SERVER_FAULTS_FROM = 400, 500
_BEGUN: Final = 200
_STATUS_OF_WORD: Final[Mapping[str, int]] = {
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "overloaded_error": 529,
    "invalid_request_error": 400,
    "request_too_large": 413,
    "context_length_exceeded": 400,
    "content_filter": 400,
    "authentication_error": 401,
    "permission_error": 403,
}


@contextmanager
def told_of(sdk: Any) -> Iterator[None]:
    """Raise as ProviderFailed whatever a vendor's SDK raises; those of OpenAI and Anthropic name their errors alike."""
    try:
        yield
    except sdk.APIStatusError as error:
        raise of_status(error.status_code, error.response.headers) from None
    except Exception as error:  # noqa: BLE001  # its transport raises what it likes
        raise of_transport(error, timed_out=isinstance(error, sdk.APITimeoutError)) from None


def of_status(status: int, headers: Mapping[str, str]) -> ProviderFailed:
    """Return the failure that an answer with this status is; below 400 a stream had begun, and then said so."""
    wait = retry_after_seconds(headers)
    if status == _RATE_LIMITED:
        return ProviderFailed(FailureKind.RATE_LIMITED, str(status), retry_after_seconds=wait, passes=True)
    if status in _PASSES or not _CLIENT_FAULTS_FROM <= status < _SERVER_FAULTS_FROM:
        return ProviderFailed(FailureKind.UNAVAILABLE, str(status), retry_after_seconds=wait, passes=True)
    # A key that is refused is refused to everybody who asks this provider, so it speaks against the provider.
    kind = FailureKind.UNAVAILABLE if status in _OUR_ACCOUNT else FailureKind.REFUSED
    return ProviderFailed(kind, str(status))


def in_stream(body: object) -> ProviderFailed:
    """Return the failure that an error event says after a status of 200; its message may quote the prompt: left out."""
    error = body.get("error", body) if isinstance(body, Mapping) else body
    said = [error.get(name) for name in ("code", "type")] if isinstance(error, Mapping) else []
    told = [_STATUS_OF_WORD.get(word, _number(word, per_second=1)) for word in map(str, said)]
    return of_status(next((int(status) for status in told if status is not None), _BEGUN), {})


def of_transport(error: Exception, *, timed_out: bool) -> ProviderFailed:
    """Return the failure that the connection had; what took too long once is not waited for again."""
    return ProviderFailed(FailureKind.UNAVAILABLE, type(error).__name__, passes=not timed_out)


def cut() -> ProviderFailed:
    """Return the failure of a stream that stops without saying so: it was cut, whatever the connection says."""
    return ProviderFailed(FailureKind.UNAVAILABLE, "the stream was cut", passes=True)


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Return how long the provider wants to be left alone; a date counts by the provider's own clock."""
    told = _number(headers.get("retry-after-ms"), per_second=1000)
    if told is None:
        told = _number(headers.get("retry-after"), per_second=1)
    if told is None:
        until, now = _moment(headers.get("retry-after")), _moment(headers.get("date"))
        told = None if until is None or now is None else (until - now).total_seconds()
    return None if told is None else min(max(0.0, told), RETRY_AFTER_SECONDS_MAX)


def _number(text: str | None, *, per_second: int) -> float | None:
    told = text is not None and text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX
    return int(text) / per_second if text is not None and told else None


def _moment(text: str | None) -> datetime | None:
    try:
        told = None if text is None else parsedate_to_datetime(text)
    except ValueError:
        return None
    return told.replace(tzinfo=UTC) if told is not None and told.tzinfo is None else told
