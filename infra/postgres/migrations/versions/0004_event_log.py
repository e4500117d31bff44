"""The event log at full strength: the append function and what stands around it."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for path in sorted(_SQL.glob("0004_*.sql")):
        op.get_bind().exec_driver_sql(path.read_text().replace("%", "%%"))
