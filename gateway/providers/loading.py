"""Client libraries take seconds to load: in a thread, so that everybody else goes on."""

import asyncio
import sys
from importlib import import_module


async def loaded(*modules: str) -> None:
    """Return when they are loaded; at once when they were before."""
    for module in modules:
        if module not in sys.modules or getattr(sys.modules[module].__spec__, "_initializing", False):
            await asyncio.to_thread(import_module, module)
