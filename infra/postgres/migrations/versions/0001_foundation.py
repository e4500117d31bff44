"""The ground: signed tenant context, event log, keystore."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for name in ("0001_tenancy", "0001_event_log", "0001_keystore"):
        op.get_bind().exec_driver_sql((_SQL / f"{name}.sql").read_text().replace("%", "%%"))
