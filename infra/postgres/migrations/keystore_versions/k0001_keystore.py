"""The keystore in a database of its own: the signed tenant context, and the tables of the schema keystore."""

from pathlib import Path

from alembic import op

revision = "k0001"
down_revision = None

_SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    for name in ("0001_tenancy", "0001_keystore", "0003_keystore", "k0001_keystore", "0004_keys", "0004_master_keys"):
        op.get_bind().exec_driver_sql((_SQL / f"{name}.sql").read_text().replace("%", "%%"))
