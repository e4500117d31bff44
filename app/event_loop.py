"""The event loop of serving processes: uvloop where it exists, the standard one elsewhere."""

import asyncio
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
