"""Co-editing at full strength: comments, named versions and what stands around them."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for path in sorted(_SQL.glob("0005_*.sql")):
        op.get_bind().exec_driver_sql(path.read_text().replace("%", "%%"))
