"""Answers that were rated, for tests of what is learnt from them."""

import random
from collections.abc import Sequence

from app.bootstrap import Colophon
from domain.ids import TenantId
from gateway.confidence.calibration import Labelled, calibrated
from gateway.confidence.calibrations import Calibrations, Learnt, Snapshot, Task
from infra import clock

HEDGED, PLAIN = (("ended", 1000), ("hedges", 500)), (("ended", 1000), ("hedges", 0))


def rated_answers(number: int, *, seed: int = 7) -> Sequence[Labelled]:
    """Of those that hedge one in ten is good, of the others nine in ten."""
    draw = random.Random(seed)
    rows = []
    for _ in range(number):
        hedges = draw.random() < 0.5
        good = draw.random() < (0.1 if hedges else 0.9)
        rows.append(Labelled(signals=HEDGED if hedges else PLAIN, good=good))
    return rows


def calibrations_of(colophon: Colophon) -> Calibrations:
    found: Calibrations = colophon.platform.gateway._parts.calibrations  # type: ignore[attr-defined]
    return found


def taught(colophon: Colophon, tenant_id: TenantId, model: str, answers: int = 400) -> None:
    """Let the process know what became of so many answers of a model to summaries."""
    rows = rated_answers(answers)
    task = Task(purpose="summarise", template="summarise", template_version=0, model=model)
    learnt = Learnt(labelled=answers, good=sum(row.good for row in rows), calibration=calibrated(rows))
    snapshot = Snapshot(tasks={task: learnt}, position=0, made_at=clock.now())
    calibrations_of(colophon).replace(tenant_id, snapshot)
