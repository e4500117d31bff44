"""Money at full strength: budgets by key and currency, what was reset, and what a call cost by what."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for path in sorted(_SQL.glob("0006_*.sql")):
        op.get_bind().exec_driver_sql(path.read_text().replace("%", "%%"))
