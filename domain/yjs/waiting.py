"""Whether the structs of an update can be put in one after another, or wait for each other in a circle."""

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from domain.yjs.ids import Range


class Crossing(NamedTuple):
    """A struct at `clock` that points to an id of another client."""

    clock: int
    to_client: int
    to_clock: int


def has_circle(brought: Mapping[int, Range], crossings: Mapping[int, Sequence[Crossing]]) -> bool:
    """
    Tell whether some structs could never be put in: `brought` are the clocks of each client from first to last.

    What points out of the update waits for nothing here: whether those ids are known is asked elsewhere.
    """
    reached = {client: start for client, (start, _) in brought.items()}
    settled = dict.fromkeys(crossings, 0)
    waiting: dict[int, list[tuple[int, int]]] = {}
    ready = list(brought)
    while ready:
        client = ready.pop()
        own = crossings.get(client, ())
        index = settled.get(client, 0)
        while index < len(own):
            _, other, needed = own[index]
            if other in brought and reached[other] <= needed < brought[other][1]:
                heappush(waiting.setdefault(other, []), (needed, client))
                break
            index += 1
        settled[client] = index
        reached[client] = own[index].clock if index < len(own) else brought[client][1]
        waiters = waiting.get(client, [])
        while waiters and waiters[0][0] < reached[client]:
            ready.append(heappop(waiters)[1])
    return any(settled[client] < len(own) for client, own in crossings.items())
