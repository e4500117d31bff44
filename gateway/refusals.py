"""Why the gateway does not call a model."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from domain.errors import Forbidden, Invalid, LimitReached

if TYPE_CHECKING:
    from gateway.budget import Standing


class AiSwitchedOff(Forbidden):
    """Somebody with the right to do so has switched AI off: for everybody, for the tenant or for this member."""

    code: ClassVar = "ai.switched_off"

    def __init__(self) -> None:
        super().__init__("AI is switched off here.")


class RateLimited(LimitReached):
    """Too many calls or tokens within the last minute."""

    code: ClassVar = "ai.rate_limited"

    def __init__(self, limit: str, retry_after_seconds: int) -> None:
        super().__init__("There were too many AI calls within a minute; try again shortly.")
        self.limit = limit
        self.retry_after_seconds = retry_after_seconds

    def facts(self) -> dict[str, object]:
        return {"limit": self.limit, "retry_after_seconds": self.retry_after_seconds}


class BudgetExceeded(LimitReached):
    """What is left of a budget does not pay for the least that this call could cost."""

    code: ClassVar = "ai.budget_exceeded"

    def __init__(
        self,
        scope: str,
        *,
        limit_micros: int,
        remaining_micros: int,
        resets_at: datetime | None,
        standing: "Standing | None" = None,
    ) -> None:
        renewed = "; it is renewed with the next period" if resets_at else ": one call may not cost as much"
        super().__init__(f"The budget for AI does not pay for this{renewed}.")
        self.scope = scope
        self.limit_micros = limit_micros
        self.remaining_micros = remaining_micros
        self.resets_at = resets_at
        self.standing = standing
        """How the line stands that the money is missing from; None where one call may not cost as much."""

    def facts(self) -> dict[str, object]:
        return {
            "scope": self.scope,
            "limit_micros": self.limit_micros,
            "remaining_micros": self.remaining_micros,
            "resets_at": None if self.resets_at is None else self.resets_at.isoformat(),
        }


class UnknownModel(Invalid):
    """No provider of this installation has the model, or nobody knows what it costs."""

    code: ClassVar = "ai.unknown_model"

    def __init__(self, model: str) -> None:
        super().__init__("This model is not available here; GET /v1/models lists those that are.")
        self.model = model[:200]

    def facts(self) -> dict[str, object]:
        return {"model": self.model}


class NoExchangeRate(Invalid):
    """The tenant's money is not in dollars, and nobody has set what a dollar is of it (`ai.micros_per_usd`)."""

    code: ClassVar = "ai.no_exchange_rate"

    def __init__(self, currency: str) -> None:
        super().__init__(f"Nobody has set how much of {currency} a dollar is, so that no price is known.")
        self.currency = currency

    def facts(self) -> dict[str, object]:
        return {"currency": self.currency}


class PromptRefused(Invalid):
    """What was asked can be given to no model."""

    code: ClassVar = "ai.prompt_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class PromptTooLong(Invalid):
    """What somebody wrote to a model is longer than the tenant allows; documents that go with it are not counted."""

    code: ClassVar = "ai.prompt_too_long"

    def __init__(self, characters: int, characters_max: int) -> None:
        super().__init__(f"What you ask has {characters} characters; {characters_max} are allowed.")
        self.characters = characters
        self.characters_max = characters_max

    def facts(self) -> dict[str, object]:
        return {"characters": self.characters, "characters_max": self.characters_max}


class PromptDoesNotFit(Invalid):
    """Even the least of the prompt is longer than the tenant allows (`ai.prompt_tokens_max`) or any model reads."""

    code: ClassVar = "ai.prompt_does_not_fit"

    def __init__(self, tokens_about: int, tokens_max: int) -> None:
        super().__init__(f"The prompt has about {tokens_about} tokens where all was cut that may be; {tokens_max} fit.")
        self.tokens_about = tokens_about
        self.tokens_max = tokens_max

    def facts(self) -> dict[str, object]:
        return {"tokens_about": self.tokens_about, "tokens_max": self.tokens_max}


class PromptBlocked(Invalid):
    """The tenant's policy refuses what was asked; `rules` tells which of its rules, and nothing was called."""

    code: ClassVar = "ai.prompt_blocked"

    def __init__(self, rules: tuple[str, ...]) -> None:
        super().__init__("The policy for AI here refuses this prompt; word it differently or ask an administrator.")
        self.rules = rules

    def facts(self) -> dict[str, object]:
        return {"rules": list(self.rules)}


class PromptHeld(PromptBlocked):
    """The tenant's policy refuses what was asked until somebody has looked at it; then the same may be asked again."""

    code: ClassVar = "ai.prompt_held"

    def __init__(self, rules: tuple[str, ...], review_id: UUID) -> None:
        super().__init__(rules)
        self.args = ("An administrator looks at this prompt first; ask again when it was allowed.",)
        self.review_id = review_id

    def facts(self) -> dict[str, object]:
        return {**super().facts(), "review_id": str(self.review_id)}


class EmbeddingRefused(Invalid):
    """A text has no vector by this model as it was asked for; `parameter` says what to change."""

    code: ClassVar = "ai.embedding_refused"

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(reason)
        self.parameter = parameter

    def facts(self) -> dict[str, object]:
        return {"parameter": self.parameter}


class SchemaRefused(Invalid):
    """A JSON Schema is not taken: it is none, too large, too complex, or refers to something outside of itself."""

    code: ClassVar = "ai.schema_refused"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"The schema of {what} is not taken. {reason}")


class NotInItsPower(Invalid):
    """The model that would answer cannot do this kind of work and says so instead of pretending."""

    code: ClassVar = "ai.not_in_its_power"

    def __init__(self, model: str, work: str) -> None:
        super().__init__(f"{model} cannot {work}; route this work to another model.")
        self.model = model

    def facts(self) -> dict[str, object]:
        return {"model": self.model}


class ProvidersUnavailable(Exception):
    """Every model of the route failed or is resting; nothing was charged. Try again later."""

    code: ClassVar = "ai.providers_unavailable"

    def __init__(self, attempts: tuple[str, ...], *, retry_after_seconds: int = 5) -> None:
        super().__init__("No AI provider answers right now; nothing was charged.")
        self.attempts = attempts
        self.retry_after_seconds = retry_after_seconds


class BudgetsUnavailable(Exception):
    """The counters cannot be reached, so that nobody can promise that a budget holds; nothing was charged."""

    code: ClassVar = "ai.budgets_unavailable"
    retry_after_seconds: ClassVar = 2

    def __init__(self) -> None:
        super().__init__("Budgets cannot be checked right now, so no AI is called.")
