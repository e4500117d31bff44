"""What one process is built from: addresses, the master key and limits, as plain values."""

from dataclasses import dataclass, field
from pathlib import Path

from api.limits import Limits
from app.wiring.providers import ProviderAccounts

STATIC_FOLDER = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Where the parts are. Secrets in it are for drivers; nobody logs it."""

    database_url: str
    master_key: bytes = field(repr=False)
    other_master_key: bytes | None = field(default=None, repr=False)
    """The second one while one master key is exchanged for another: it opens, and is used for nothing that is new."""
    public_url: str
    data_dir: Path
    keystore_url: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)
    qdrant_url: str | None = None
    qdrant_api_key: str | None = field(default=None, repr=False)
    limits: Limits = field(default_factory=Limits)
    static_folder: Path = STATIC_FOLDER
    providers: ProviderAccounts = field(default_factory=ProviderAccounts, repr=False)
    otlp_endpoint: str | None = None
    otlp_traces_endpoint: str | None = None
    access_flush_seconds: float = 1.0
    """How soon a read is an entry of the audit log."""
