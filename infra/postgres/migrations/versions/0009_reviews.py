"""Findings that somebody has to judge, and what rules let pass since."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for path in sorted(_SQL.glob("0009_*.sql")):
        op.get_bind().exec_driver_sql(path.read_text().replace("%", "%%"))
