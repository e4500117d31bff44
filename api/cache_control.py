"""Whether a kept answer will do, in HTTP's own words: Cache-Control asks, Cache-Status and Age answer."""

import re
from typing import Annotated, Final

from fastapi import Header

from gateway.calls import Answer, CacheWish, Delta

AGE_SECONDS_MAX: Final = 604_800
"""Longer than anything is kept."""
_MAX_AGE: Final = re.compile(r"max-age=\"?(\d{1,9})\"?")

CacheControl = Annotated[
    str | None,
    Header(
        alias="Cache-Control",
        description="`no-store`: no answer that was given before, and this one is not kept. `no-cache`: a new answer. "
        "`max-age=60`: none that is older.",
    ),
]


def cache_wish(header: str | None) -> CacheWish:
    """Return what the header wants; directives that mean nothing here are passed over, as HTTP has it."""
    said = {word.strip().lower() for word in (header or "").split(",")}
    ages = [int(found[1]) for word in said if (found := _MAX_AGE.fullmatch(word))]
    kept = "no-store" not in said
    return CacheWish(
        given_again=kept and "no-cache" not in said,
        kept=kept,
        age_seconds_max=min(*ages, AGE_SECONDS_MAX) if ages else None,
    )


def cache_headers(item: Delta | Answer, wish: CacheWish) -> dict[str, str]:
    """Say whether the answer was given before, and how long ago; `item` is its first piece or all of it."""
    if item.kept_seconds is not None:
        return {"Cache-Status": "colophon; hit", "Age": str(int(item.kept_seconds))}
    forwarded = "miss" if wish.given_again else "request" if wish.kept else "bypass"
    return {"Cache-Status": f"colophon; fwd={forwarded}"}
