"""What serving processes run on: uvloop where it exists, and a collector of garbage that leaves alone what stays."""

import asyncio
import gc
import sys

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

    Walking through it again and again was a fifth of the time in which a projection catches up.
    """
    gc.freeze()
