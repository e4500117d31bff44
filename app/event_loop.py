"""What serving processes run on: uvloop where it exists, and a collector of garbage that leaves alone what stays."""

import asyncio
import gc
import sys

OBJECTS_BETWEEN_COLLECTIONS = 20_000
"""A few megabytes, if all of them were cycles that nothing else frees."""

if sys.platform == "win32":

    def fast_loop() -> asyncio.AbstractEventLoop:
        """Return a new event loop."""
        return asyncio.new_event_loop()

else:
    import uvloop

    def fast_loop() -> asyncio.AbstractEventLoop:
        """Return a new event loop."""
        return uvloop.new_event_loop()


def keep_what_is_loaded() -> None:
    """
    Have the garbage collector pass over what a started process keeps for good: modules, routes, pools.

    Walking through it again and again was a fifth of the time in which a projection catches up. And what is in flight
    for a moment is no garbage: looking for cycles in it after every 700 objects took a seventh of live editing's time.
    """
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
