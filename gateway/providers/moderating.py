"""A provider that judges texts, as the gateway asks it."""

from typing import Any, Protocol


class ModerationProvider(Protocol):
    """Its judgement is categories of its own, such as `violence`."""

    @property
    def name(self) -> str: ...

    async def moderate(self, model: str, text: str) -> tuple[str, ...]:
        """Return the categories that the text falls into; none where nothing is wrong. Raises ProviderFailed."""
        ...


def categories_of(answer: Any) -> tuple[str, ...] | None:
    """Return the flagged categories of an answer in OpenAI's form; None where it is in no form."""
    results = getattr(answer, "results", None)
    if not isinstance(results, list) or not results:
        return None
    found: list[str] = []
    for result in results:
        categories = getattr(result, "categories", None)
        if categories is None:
            return None
        named = categories.model_dump(by_alias=True) if hasattr(categories, "model_dump") else dict(categories)
        flagged = [name for name, is_flagged in named.items() if is_flagged is True]
        # Some servers tell only that something is wrong.
        found += flagged or (["flagged"] if getattr(result, "flagged", False) else [])
    return tuple(dict.fromkeys(found))
