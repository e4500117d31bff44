"""A subscription through the library gets every event once, in the order of the log, whoever wrote it."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from uuid_utils.compat import uuid7

from app.foundation import Foundation
from commands.event_log import CommandContext, StreamWrite
from domain.ids import StreamId
from infra import clock
from infra.event_store.recorder import RunningLog, TenantRecorder
from tests.event_log.conftest import LoopInAThread, somebody
from tests.event_log.test_appending import created

WRITERS, INSERTS_EACH, EVENTS_EACH = 4, 10, 5


def test_every_position_comes_once_and_in_order_while_others_write(running_log: RunningLog) -> None:
    recorder = TenantRecorder(running_log, somebody())

    def write(_: int) -> None:
        for _ in range(INSERTS_EACH):
            stream = uuid4()
            recorder.insert_events([StoredEvent(stream, n, "kennel.opened", b"") for n in range(EVENTS_EACH)])

    total = WRITERS * INSERTS_EACH * EVENTS_EACH
    with ThreadPoolExecutor(WRITERS) as pool, recorder.subscribe() as subscription:
        writing = [pool.submit(write, number) for number in range(WRITERS)]
        seen = [next(subscription).id for _ in range(total)]
        for written in writing:
            written.result()
    assert seen == list(range(1, total + 1))
    assert recorder.max_notification_id() == total


def test_what_the_product_appends_reaches_a_subscriber_who_waits(
    running_log: RunningLog, running_foundation: tuple[Foundation, LoopInAThread]
) -> None:
    foundation, inside = running_foundation
    context, stream = somebody(), StreamId(uuid7())
    recorder = TenantRecorder(running_log, context)
    with recorder.subscribe(topics=["document.created.v1"]) as subscription, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, subscription)
        recorder.insert_events([StoredEvent(uuid4(), 0, "kennel.opened", b"")])
        command = CommandContext(tenant=context, command_id=uuid7(), now=clock.now())
        inside.wait(foundation.log.append([StreamWrite(stream, 0, [created(stream)])], command))
        notification = waiting.result()
    assert (notification.id, notification.originator_id, notification.originator_version) == (2, stream, 0)
    assert recorder.mapper().to_domain_event(notification).event == created(stream)
