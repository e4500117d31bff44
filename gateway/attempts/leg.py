"""One model, asked once: it begins to answer or it fails; once it has begun, its answer is the one."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

from gateway.attempts.listener import Left, Listener
from gateway.calls import FinishReason, ToolCall
from gateway.ledger import NOTHING_USED
from gateway.measured import Measured, Seen
from gateway.providers.port import FailureKind, Piece, ProviderCall, ProviderFailed, Used
from gateway.refusals import NotInItsPower
from gateway.routing import Candidate
from gateway.steps import Timing

FAIR_SECONDS = 1.0
"""Who had less time than this to begin has not failed: the models before it took the call's time."""

Item = Piece | ToolCall | Used


class OutOfTime(ProviderFailed):
    """The call's time ended before the model had a fair share of it, so it says nothing of the model."""

    def __init__(self) -> None:
        super().__init__(FailureKind.UNAVAILABLE, "no time was left")


@dataclass(slots=True, kw_only=True)
class Leg:
    """
    `cap` is how many tokens of output its money pays for. All of the call ends by `deadline`; `seconds` is the clock.

    First `begin`, then `items`, at last `hang_up`, in any case.
    """

    candidate: Candidate
    call: ProviderCall
    cap: int
    listener: Listener
    seconds: Callable[[], float]
    first_token_seconds: float
    deadline: float
    measured: Measured
    timing: Timing
    finish_reason: FinishReason = FinishReason.STOP
    sent_at: float | None = None
    began_at: float | None = None
    _told: Used | None = None
    _written: list[str] = field(default_factory=list)
    """The pieces, as they were told."""
    _parts: int = 0
    """In how many they streamed."""
    _first: Piece | ToolCall | None = None
    _pieces: AsyncIterator[Item] | None = None

    async def begin(self) -> None:
        """Ask, and wait for the first word. Raises ProviderFailed, NotInItsPower, Left."""
        if self.listener.why is not None:
            raise Left  # nothing was sent, so nothing was used
        self.sent_at = self.seconds()
        self._pieces = aiter(self.candidate.provider.stream(self.call))
        try:
            self._first = await self._next(until=min(self.sent_at + self.first_token_seconds, self.deadline))
        except TimeoutError:
            if self.deadline - self.sent_at < min(FAIR_SECONDS, self.first_token_seconds):
                raise OutOfTime from None
            raise ProviderFailed(FailureKind.UNAVAILABLE, "it did not begin in time") from None
        self.began_at = self.timing.first_word = self.seconds()

    async def items(self) -> AsyncIterator[Piece | ToolCall]:
        """Yield what the model says, the first word again included. Raises ProviderFailed, Left."""
        item = self._first
        try:
            while item is not None:
                yield item
                item = await self._next(until=self.deadline)
        except TimeoutError:
            raise ProviderFailed(FailureKind.UNAVAILABLE, "it took too long") from None

    async def hang_up(self) -> None:
        """End the call at the provider, if it has not ended."""
        self.timing.end(self.seconds())
        close = getattr(self._pieces, "aclose", None)
        if close is not None:
            await close()

    @property
    def waited_seconds(self) -> float | None:
        """Return how long the model took to begin; None when it has not."""
        return None if self.began_at is None or self.sent_at is None else self.began_at - self.sent_at

    @property
    def said(self) -> str:
        """Return its words as the model said them, with placeholders."""
        return "".join(self._written)

    @property
    def mean_logprob(self) -> float | None:
        """Return how probable the model's words were, where its provider tells that."""
        return None if self._told is None else self._told.mean_logprob

    def used(self, *, cut: bool) -> tuple[Used, bool]:
        """Return the provider's own count; of a leg that was cut what is counted here, where that is more, and that."""
        if self.sent_at is None:
            return NOTHING_USED, False
        seen = Seen(
            bytes_read=sum(len(turn.text.encode()) for turn in self.call.turns),
            pieces=self._parts,
            bytes_written=sum(len(piece.encode()) for piece in self._written),
        )
        if self._told is not None and self._told.told and not cut:
            if not self.candidate.provider.offline:
                self.measured.learn(self.candidate.name, seen, self._told.tokens)
            return self._told, False
        counted = self.measured.counted(self.candidate.name, seen, turns=len(self.call.turns))
        counted = replace(counted, output=min(counted.output, self.call.output_tokens_max))
        return Used(tokens=counted if self._told is None else self._told.tokens.at_least(counted)), True

    def forget(self) -> None:
        """Have used nothing: it has been paid elsewhere, or nobody charges it."""
        self.sent_at, self._told = None, None

    async def _next(self, *, until: float) -> Piece | ToolCall | None:
        """Return the next piece, None at the end. Raises ProviderFailed, NotInItsPower, Left, TimeoutError."""
        pieces = self._pieces
        assert pieces is not None
        while True:
            item = await self.listener.wait(lambda: anext(pieces, None), seconds=until - self.seconds())
            match item:
                case None:
                    return None
                case Used():
                    self._told, self.finish_reason = item, item.finish_reason
                case Piece(text, parts):
                    self._written.append(text)
                    self._parts += parts
                    return item
                case ToolCall():
                    return item


def outcome_of(error: BaseException | None) -> str:
    """Say why a leg is not the answer, or not the whole of it."""
    match error:
        case OutOfTime():
            return error.reason
        case ProviderFailed():
            return error.kind
        case NotInItsPower():
            return "not in its power"
        case _:
            return "overtaken"
