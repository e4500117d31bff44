"""The settings of a process: the only reader of the environment."""

import os
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from app.deployments import read_deployments
from app.installation import Installation
from app.limit_settings import LimitSettings
from app.master_key import MasterKeys, parse_master_key
from app.provider_settings import ProviderSettings
from app.wiring.providers import ProviderAccounts
from infra.start_refused import StartRefused

PREFIX = "COLOPHON_"
# Read by the build and by the tests, never by a running Colophon.
NOT_OURS = frozenset({"REQUIRE", "SCREENSHOTS", "REQUIRE_WEB", "SKIP_WEB", "TEST_DATABASE_URL", "TEST_REDIS_URL"})


class SettingsRefused(StartRefused):
    """A setting has a value that cannot be used; the message names it and never repeats the value."""


def _default_data_dir(values: dict[str, Any]) -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/colophon")
    return (values.get("xdg_data_home") or Path.home() / ".local" / "share") / "colophon"


class Settings(LimitSettings, ProviderSettings):
    """Everything fixed at start; what an admin changes at run time is not here."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        dotenv_filtering="match_prefix",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    database_url: SecretStr | None = Field(
        None,
        description="The administrator's URL of a PostgreSQL server, version 16 or later. Empty: the embedded server.",
    )
    keystore_url: SecretStr | None = Field(
        None,
        description="The administrator's URL of another PostgreSQL database, for the keys. Empty: the main database.",
    )
    redis_url: SecretStr | None = Field(None, description="URL of a Redis or Valkey server. Empty: in the process.")
    qdrant_url: str | None = Field(
        None, description="URL of a Qdrant server. Empty: vectors are kept in the data folder."
    )
    qdrant_api_key: SecretStr | None = Field(None, description="The API key of the Qdrant server, if it wants one.")
    master_key: SecretStr | None = Field(
        None,
        description="The key that protects all other keys: at least 32 random bytes, base64url or hex. "
        "`colophon up` makes one in its data folder.",
    )
    master_key_former: SecretStr | None = Field(
        None,
        description="While the master key is exchanged: the one before, for as long as anything is under it.",
    )
    public_url: str | None = Field(
        None, description="The address that people use, for links. Empty: the address that is served."
    )
    xdg_data_home: Path | None = Field(
        None, validation_alias="XDG_DATA_HOME", description="Where a user's programs keep their data."
    )
    data_dir: Path = Field(
        default_factory=_default_data_dir,
        description="The folder of everything embedded. "
        "Empty: `/var/lib/colophon` for root, else `colophon` in XDG_DATA_HOME or `~/.local/share`.",
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65_535, description="The port to listen on; 0 takes any free one.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least severe log line.")

    otel_exporter_otlp_endpoint: str | None = Field(
        None,
        description="The address of an OpenTelemetry collector (OTLP over HTTP) for traces of AI calls. "
        "Empty: what OTEL_EXPORTER_OTLP_ENDPOINT says.",
    )
    collector: str | None = Field(
        None,
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="The same by its standard name; the other standard variables of the exporter, the sampler and the "
        "resource are read, too.",
    )
    collector_of_traces: str | None = Field(
        None,
        validation_alias="OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        description="The whole address of where a collector takes traces; wins over the others.",
    )

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("master_key", "master_key_former")
    @classmethod
    def _strong(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parse_master_key(value.get_secret_value())
        return value

    @field_validator("master_key_former")
    @classmethod
    def _another(cls, value: SecretStr | None, given: ValidationInfo) -> SecretStr | None:
        if value is not None and given.data.get("master_key") in {None, value}:
            raise ValueError("it stands beside COLOPHON_MASTER_KEY, which is the new key and another one")
        return value

    @field_validator("public_url")
    @classmethod
    def _absolute(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("it starts with http:// or https://")
        return value.rstrip("/") if value else None

    @classmethod
    def load(cls, **given: Any) -> Self:
        """Read the environment and `.env`; what is given here wins, and None gives nothing."""
        try:
            return cls(**{name: value for name, value in given.items() if value is not None})
        except ValidationError as error:
            raise SettingsRefused("\n".join(_sentences(error))) from None

    @property
    def master_keys(self) -> MasterKeys | None:
        """The new one before the former one."""
        if self.master_key is None:
            return None
        former = self.master_key_former
        return MasterKeys(
            key=parse_master_key(self.master_key.get_secret_value()),
            other=parse_master_key(former.get_secret_value()) if former else None,
        )

    @property
    def keystore(self) -> str | None:
        return self.keystore_url.get_secret_value() if self.keystore_url else None

    @property
    def redis(self) -> str | None:
        return self.redis_url.get_secret_value() if self.redis_url else None

    @property
    def providers(self) -> ProviderAccounts:
        """Return the accounts, those of the file with their keys. Raises StartRefused."""
        further = read_deployments(self.deployments_file, os.environ.get)  # noqa: TID251 the one place
        return replace(self.accounts, deployments=further)

    def installation(self, *, database_url: str, master_keys: MasterKeys, public_url: str) -> Installation:
        """Return what a process is built from, with what the way of running has found out."""
        return Installation(
            database_url=database_url,
            master_key=master_keys.key,
            other_master_key=master_keys.other,
            public_url=public_url,
            data_dir=self.data_dir,
            keystore_url=self.keystore,
            redis_url=self.redis,
            qdrant_url=self.qdrant_url,
            qdrant_api_key=self.qdrant_api_key.get_secret_value() if self.qdrant_api_key else None,
            limits=self.limits,
            providers=self.providers,
            otlp_endpoint=self.otel_exporter_otlp_endpoint or self.collector,
            otlp_traces_endpoint=self.collector_of_traces,
        )


def unknown_variables() -> dict[str, str | None]:
    """Return variables with our prefix that nothing reads, each with the name that was probably meant."""
    known = {variable_name(name) for name in Settings.model_fields}
    ignored = {f"{PREFIX}{name}" for name in NOT_OURS}
    found = [name for name in os.environ if name.startswith(PREFIX)]  # noqa: TID251 the one place
    return {
        name: next(iter(get_close_matches(name, known, n=1)), None)
        for name in sorted(found)
        if name not in known | ignored
    }


def variable_name(field_name: str) -> str:
    """Return the environment variable of a setting."""
    alias = Settings.model_fields[field_name].validation_alias
    return str(alias) if alias else f"{PREFIX}{field_name.upper()}"


def _sentences(error: ValidationError) -> list[str]:
    return [f"{_named(str(problem['loc'][0]))}: {problem['msg']}" for problem in error.errors(include_input=False)]


def _named(location: str) -> str:
    return variable_name(location) if location in Settings.model_fields else f"{PREFIX}{location.upper()}"
