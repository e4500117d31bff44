"""A process of the budget tests: it calls a model many times at once when it is told to, or holds money and waits."""

import asyncio
import sys
from collections import Counter
from contextlib import aclosing
from typing import Any
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from app.bootstrap import Colophon, build
from domain.actor import Actor, ActorKind
from domain.directory.roles import Role
from domain.ids import CallId, MemberId, TenantId
from gateway.budget import lines_of
from gateway.calls import AiRequest, Purpose
from gateway.refusals import BudgetExceeded
from infra import clock
from tenancy.context import TenantContext
from tenancy.roles import PERMISSIONS
from tests.faults.processes import ready
from tests.support.world import installation


class Wanted(msgspec.Struct):
    """`holds_micros` is held for so many seconds of lease; without it, `calls` are made after a line on stdin."""

    database_url: str
    redis_url: str
    tenant_id: UUID
    member_id: UUID
    text: str = ""
    calls: int = 0
    holds_micros: int = 0
    lease_seconds: int = 1


def context_of(wanted: Wanted) -> TenantContext:
    member_id = MemberId(wanted.member_id)
    return TenantContext(
        tenant_id=TenantId(wanted.tenant_id),
        actor=Actor(ActorKind.MEMBER, member_id),
        member_id=member_id,
        role=Role.EDITOR,
        permissions=PERMISSIONS[Role.EDITOR],
        request_id="test",
    )


async def one_call(colophon: Colophon, context: TenantContext, text: str) -> str:
    wish = AiRequest(call_id=CallId(uuid7()), purpose=Purpose.SUMMARISE, variables={"selection": text})
    try:
        async with aclosing(colophon.platform.gateway.stream(wish, context)) as items:  # type: ignore[type-var]
            async for _ in items:
                pass
    except BudgetExceeded:
        return "refused"
    return "answered"


async def work(wanted: Wanted) -> None:
    colophon = build(installation(wanted.database_url, redis_url=wanted.redis_url))
    await colophon.start(work=False)
    context, forever = context_of(wanted), asyncio.Event()
    if wanted.holds_micros:
        lines = lines_of(await colophon.platform.policies.of(context), context, clock.now())
        micros = wanted.holds_micros
        await colophon.platform.budgets.hold(
            CallId(uuid7()), context, lines,
            wanted_micros=micros, least_micros=micros, lease_seconds=wanted.lease_seconds,
        )  # fmt: skip
        ready(forever.set)
        await forever.wait()
    ready(forever.set)
    await asyncio.to_thread(sys.stdin.readline)
    made = await asyncio.gather(*(one_call(colophon, context, wanted.text) for _ in range(wanted.calls)))
    answer: dict[str, Any] = dict(Counter(made))
    await colophon.stop()
    sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(work(msgspec.json.decode(sys.argv[1], type=Wanted)))
