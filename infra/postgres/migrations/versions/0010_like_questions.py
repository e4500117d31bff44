"""Which answers were given to questions much like those they answered."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for path in sorted(_SQL.glob("0010_*.sql")):
        op.get_bind().exec_driver_sql(path.read_text().replace("%", "%%"))
