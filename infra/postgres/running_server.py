"""Where the embedded server of a data folder listens, for commands that come from another process."""

from pathlib import Path
from urllib.parse import quote

from infra.postgres.cluster import SUPERUSER
from infra.postgres.embedded import DATABASE

_SOCKET_LINE = 4  # postmaster.pid, line 5: PostgreSQL manual, "Database File Layout"


def running_server_url(data_dir: Path) -> str | None:
    """Return the superuser's URL over the socket; None when no server runs on the folder."""
    try:
        lines = (data_dir.expanduser() / "postgres" / "postmaster.pid").read_text().splitlines()
    except OSError:
        return None
    if len(lines) <= _SOCKET_LINE or not lines[_SOCKET_LINE]:
        return None
    host = quote(lines[_SOCKET_LINE], safe="")
    return f"postgresql://{SUPERUSER}@/{DATABASE}?host={host}&port=5432"
