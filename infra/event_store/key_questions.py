"""Questions to the keystore: one for all that a caller misses, and none twice while it is being answered."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextvars import Context
from typing import Generic, TypeVar
from uuid import UUID

from infra.event_store.sealing import DataKey
from tenancy.context import TenantContext

Name = TypeVar("Name", bound=Hashable)
Ask = Callable[[TenantContext, Sequence[Name]], Awaitable[Mapping[Name, DataKey]]]


class KeyQuestions(Generic[Name]):
    """Asks in a task of its own, so that a caller that leaves takes no answer away from the others."""

    def __init__(self, ask: Ask[Name]) -> None:
        self._ask = ask
        self._open: dict[tuple[UUID, Name], asyncio.Task[Mapping[Name, DataKey]]] = {}

    async def of(self, context: TenantContext, names: set[Name]) -> dict[Name, DataKey]:
        """Return the keys that there are."""
        tenant = context.tenant_id
        if unasked := [name for name in names if (tenant, name) not in self._open]:
            task = asyncio.create_task(self._answer(context, unasked), context=Context())
            # Heard here as well, or a failure that nobody waits for any more is complained about.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._open |= dict.fromkeys(((tenant, name) for name in unasked), task)
        answers = {name: self._open[tenant, name] for name in names}
        given = {task: await asyncio.shield(task) for task in set(answers.values())}
        return {name: given[task][name] for name, task in answers.items() if name in given[task]}

    def forget(self) -> None:
        """Let whoever asks from now on ask anew: what is being answered may have changed meanwhile."""
        self._open.clear()

    async def _answer(self, context: TenantContext, names: Sequence[Name]) -> Mapping[Name, DataKey]:
        this = asyncio.current_task()
        try:
            return await self._ask(context, names)
        finally:
            for name in names:
                if self._open.get((context.tenant_id, name)) is this:
                    del self._open[context.tenant_id, name]
