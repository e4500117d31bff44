"""Calls of models that nobody answered."""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for path in sorted(_SQL.glob("0012_*.sql")):
        op.get_bind().exec_driver_sql(path.read_text().replace("%", "%%"))
