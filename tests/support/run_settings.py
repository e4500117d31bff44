"""What a test run may be told from outside: servers to use, and services that must be there."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class RunSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="COLOPHON_", frozen=True)

    test_database_url: str | None = None
    test_redis_url: str | None = None
    require: str = ""
    screenshots: Path | None = None

    @property
    def required(self) -> frozenset[str]:
        return frozenset(name.strip() for name in self.require.split(",") if name.strip())


RUN_SETTINGS = RunSettings()
