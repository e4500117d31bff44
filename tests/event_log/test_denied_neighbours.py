"""A caller whose context does not verify is nobody's neighbour: what others in the batch are told is not about it."""

from psycopg import AsyncConnection

from app.bootstrap import Colophon
from app.foundation import context_signer
from infra import clock
from infra.event_store.batch import APPEND, AppendItem, SealedWrite, outcomes, parameters
from infra.event_store.binary_arrays import teach
from infra.postgres.role_logins import RoleLogins
from tests.event_log.archiving import titled
from tests.support.world import MASTER_KEY, Tenant


async def test_a_stream_stands_where_it_stands_also_beside_a_denied_caller(
    colophon: Colophon, acme: Tenant, migrated_database: str
) -> None:
    stream = await titled(colophon, acme, 4)
    signer = context_signer(MASTER_KEY)
    earlier, now = (
        signer.sign(acme.tenant_id, acme.ana.context.actor, now_epoch_seconds=clock.now().timestamp() - seconds)
        for seconds in (3_600, 0)
    )
    items = [
        AppendItem(
            tenant_id=acme.tenant_id,
            signed_context=context,
            idempotency_key=None,
            command_hash=None,
            writes=[SealedWrite(stream_id=stream, expected_version=4, events=[])],
        )
        for context in (earlier, now)
    ]
    login = RoleLogins(migrated_database, MASTER_KEY).parameters("colophon_writer")
    async with await AsyncConnection.connect(**login) as connection:
        teach(connection)
        row = await (await connection.execute(APPEND, parameters(items), binary=True)).fetchone()
    assert row is not None
    assert [(o.outcome, o.streams[0][1]) for o in outcomes(items, row)] == [("denied", 4), ("appended", 4)]
