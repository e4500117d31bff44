"""The eventsourcing library's own PostgreSQL recorder with its default settings, called by threads."""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

STATE_BYTES = 270


async def appends_per_second(url: str, *, callers: int, seconds: float) -> float:
    """Insert one event after the other in each thread, each to a sequence of its own."""
    return await asyncio.to_thread(_measure, url, callers, seconds)


def _measure(url: str, callers: int, seconds: float) -> float:
    where = conninfo_to_dict(url)
    datastore = PostgresDatastore(
        dbname=str(where["dbname"]),
        host=str(where["host"]),
        port=str(where["port"]),
        user=str(where["user"]),
        password="",
        pool_size=callers,
    )
    try:
        recorder = PostgresApplicationRecorder(datastore, events_table_name=f"stock_{uuid4().hex}")
        recorder.create_table()
        end = time.perf_counter() + seconds

        def call(_: int) -> int:
            stream, version = uuid4(), 0
            while time.perf_counter() < end:
                version += 1
                recorder.insert_events([StoredEvent(stream, version, "document.renamed.v1", os.urandom(STATE_BYTES))])
            return version

        with ThreadPoolExecutor(callers) as threads:
            started = time.perf_counter()
            done = sum(threads.map(call, range(callers)))
            return done / (time.perf_counter() - started)
    finally:
        datastore.close()
