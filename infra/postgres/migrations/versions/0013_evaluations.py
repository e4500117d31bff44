"""How often models were right on test sets."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for path in sorted(_SQL.glob("0013_*.sql")):
        op.get_bind().exec_driver_sql(path.read_text().replace("%", "%%"))
