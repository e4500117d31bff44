"""A provider that does what its script says: for development and tests, where faults have to come on time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from gateway.calls import ToolCall
from gateway.providers import failures
from gateway.providers.port import Capabilities, FailureKind, Piece, ProviderCall, ProviderFailed, Used
from gateway.providers.script import DEFAULT, Fault, Performance, ScriptedModel
from gateway.tokens import Tokens

KIND: Final = "scripted"
_OK: Final = 200


@dataclass(slots=True, kw_only=True)
class Scripted:
    """
    Implements gateway.providers.port.Provider. The same calls in the same order have the same answers.

    It is not `offline`: what is tested with it is treated as what leaves this process.
    """

    name: str = KIND
    kind: str = KIND
    script: Mapping[str, ScriptedModel] = field(default_factory=lambda: {"steady": DEFAULT})
    offline: bool = False
    what_it_is: str = "A script for development and tests: no model writes these answers."
    _calls: Counter[str] = field(default_factory=Counter)

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(self.script)

    def offers(self, model: str) -> bool:
        return model in self.script

    def capabilities(self, model: str) -> Capabilities:
        return self.script[model].capabilities

    def confidence(self, call: ProviderCall) -> float | None:
        """Return what the script says of the model that it is asked of first."""
        found = self.script.get(call.model) or next(iter(self.script.values()))
        return found.confidence

    async def reach(self) -> None:
        """Return: a script is always there."""

    async def close(self) -> None:
        """Return: there is nothing to let go of."""

    async def stream(self, call: ProviderCall) -> AsyncIterator[Piece | ToolCall | Used]:
        """Yield what the script says next. Raises ProviderFailed."""
        told = self._next(call)
        if told.status != _OK:
            raise failures.of_status(told.status, told.headers)
        await asyncio.sleep(told.first_token_seconds)
        for number, piece in enumerate(told.pieces):
            if told.fault is not None and number == told.fault_after_pieces:
                break
            if number:
                await asyncio.sleep(told.between_seconds)
            yield Piece(piece)
        if told.fault is not None:
            await _go_wrong(told.fault)
        for asked in told.tool_calls:
            yield asked
        counted = told.used or Tokens()
        yield Used(tokens=counted, finish_reason=told.finish_reason, told=told.used is not None)

    def _next(self, call: ProviderCall) -> Performance:
        """Return the first performance that is kept for such a prompt; else the next of those for any."""
        prompt = "\n".join(turn.text for turn in call.turns)
        performances = self.script[call.model].performances
        for performance in performances:
            if performance.when is not None and performance.when in prompt:
                return performance
        for_any = [performance for performance in performances if performance.when is None]
        if not for_any:
            raise ProviderFailed(FailureKind.REFUSED, "the script has no answer to this")
        number = self._calls[call.model]
        self._calls[call.model] += 1
        return for_any[number % len(for_any)]


async def _go_wrong(fault: Fault) -> None:
    match fault:
        case Fault.REFUSED_CONNECTION:
            raise failures.of_transport(ConnectionRefusedError(), timed_out=False)
        case Fault.MALFORMED_CHUNK:
            raise failures.of_transport(ValueError(), timed_out=False)
        case Fault.CUT:
            raise failures.cut()
        case Fault.HANG:
            await asyncio.Event().wait()
