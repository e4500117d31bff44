"""The first read models: directory, document library, document history, checkpoints."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for name in ("0002_directory", "0002_read_models"):
        op.get_bind().exec_driver_sql((_SQL / f"{name}.sql").read_text().replace("%", "%%"))
