"""The accounts at AI providers among the settings; without any, the local model answers."""

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from app.wiring.providers import ProviderAccounts


class ProviderSettings(BaseSettings):
    """Which models are used is not here but in the routes, which an admin changes while Colophon runs."""

    openai_api_key: SecretStr | None = Field(None, description="The key of an OpenAI account: models `openai/...`.")
    openai_base_url: str | None = Field(None, description="Another address for OpenAI. Empty: its own.")
    azure_openai_api_key: SecretStr | None = Field(
        None, description="The key of an Azure OpenAI resource: models `azure/<deployment>`."
    )
    azure_openai_endpoint: str | None = Field(None, description="The address of the Azure OpenAI resource.")
    azure_openai_api_version: str = Field("2025-04-01-preview", description="The version of Azure's API.")
    anthropic_api_key: SecretStr | None = Field(
        None, description="The key of an Anthropic account: models `anthropic/...`."
    )
    anthropic_base_url: str | None = Field(None, description="Another address for Anthropic. Empty: its own.")
    compatible_base_url: str | None = Field(
        None,
        description="The address of any server that speaks OpenAI's protocol (vLLM, Ollama): models `compatible/...`.",
    )
    compatible_api_key: SecretStr | None = Field(None, description="The key of that server, if it wants one.")
    compatible_input_micros_per_million: int | None = Field(
        None,
        ge=0,
        description="What a million input tokens cost there, in micro-dollars; without it nothing is sent.",
    )
    compatible_output_micros_per_million: int | None = Field(
        None, ge=0, description="What a million tokens of output cost there, in micro-dollars."
    )

    deployments_file: Path | None = Field(
        None,
        description="A TOML or JSON file of further accounts, several of a kind: see the how-to about providers.",
    )

    @property
    def accounts(self) -> ProviderAccounts:
        """Return them as plain values, for the drivers; those of the file are read by the process that calls them."""
        single = [name for name in ProviderAccounts.__dataclass_fields__ if name != "deployments"]
        given: dict[str, Any] = {name: getattr(self, name) for name in single}
        opened: dict[str, Any] = {
            name: v.get_secret_value() if isinstance(v, SecretStr) else v for name, v in given.items()
        }
        return ProviderAccounts(**opened)
