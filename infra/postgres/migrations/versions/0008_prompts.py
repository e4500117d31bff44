"""What models are told: templates in versions."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for path in sorted(_SQL.glob("0008_*.sql")):
        op.get_bind().exec_driver_sql(path.read_text().replace("%", "%%"))
