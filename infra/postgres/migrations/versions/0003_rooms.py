"""The rooms of the house: knowledge, AI calls, suggestions, provenance, evidence, settings, conversations, sharing."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    # One file a room; none of them leans on another.
    for path in sorted(_SQL.glob("0003_*.sql")):
        op.get_bind().exec_driver_sql(path.read_text().replace("%", "%%"))
