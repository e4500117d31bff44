"""given / when / then for decisions: facts, a request, the facts that follow or the refusal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pytest

from domain.errors import DomainError

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Spec(Generic[S]):
    """`Spec(Document(), evolve).given(CREATED).when(rename, title="B").then(RENAMED)`."""

    state: S
    evolve: Callable[[S, Any], S]
    decision: Callable[[], Sequence[object]] | None = None

    def given(self, *events: object) -> "Spec[S]":
        state = self.state
        for event in events:
            state = self.evolve(state, event)
        return Spec(state, self.evolve)

    def when(self, decide: Callable[..., Sequence[object]], **request: object) -> "Spec[S]":
        return Spec(self.state, self.evolve, lambda: decide(self.state, **request))

    def then(self, *events: object) -> None:
        assert self.decision is not None
        assert tuple(self.decision()) == events

    def then_refuses(self, refusal: type[DomainError]) -> None:
        assert self.decision is not None
        with pytest.raises(refusal):
            self.decision()
