"""Fields that are worked out: each with its description and what guards it."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import strawberry
from strawberry.extensions import FieldExtension

ResolverT = TypeVar("ResolverT", bound=Callable[..., Any])


def resolved(description: str, *guards: FieldExtension) -> Callable[[ResolverT], ResolverT]:
    """Make a method a field; the last guard is the outermost."""
    return cast("Callable[[ResolverT], ResolverT]", strawberry.field(description=description, extensions=list(guards)))


def followed(description: str, *guards: FieldExtension) -> Callable[[ResolverT], ResolverT]:
    """Make an asynchronous generator a subscription."""
    return cast(
        "Callable[[ResolverT], ResolverT]",
        strawberry.subscription(description=description, extensions=list(guards)),
    )
