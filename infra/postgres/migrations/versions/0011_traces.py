"""What traces and key figures of calls are asked by."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for path in sorted(_SQL.glob("0011_*.sql")):
        op.get_bind().exec_driver_sql(path.read_text().replace("%", "%%"))
