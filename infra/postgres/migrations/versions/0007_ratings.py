"""How good people found the answers of models."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for path in sorted(_SQL.glob("0007_*.sql")):
        op.get_bind().exec_driver_sql(path.read_text().replace("%", "%%"))
