"""The providers that this installation has a key or an address for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.prices import Rates

if TYPE_CHECKING:
    from gateway.providers.port import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccounts:
    """Keys and addresses as the settings give them; what is None is not offered."""

    openai_api_key: str | None = field(default=None, repr=False)
    openai_base_url: str | None = None
    azure_openai_api_key: str | None = field(default=None, repr=False)
    azure_openai_endpoint: str | None = None
    azure_openai_api_version: str = "2025-04-01-preview"
    anthropic_api_key: str | None = field(default=None, repr=False)
    anthropic_base_url: str | None = None
    compatible_base_url: str | None = None
    compatible_api_key: str | None = field(default=None, repr=False)
    compatible_input_micros_per_million: int | None = None
    compatible_output_micros_per_million: int | None = None

    def own_rates(self) -> dict[str, Rates]:
        """Return the price of the compatible server, which nobody publishes; without one it is not called."""
        given, output = self.compatible_input_micros_per_million, self.compatible_output_micros_per_million
        if given is None or output is None:
            return {}
        return {"compatible": Rates.plain(read=given, written=output)}


def providers_of(accounts: ProviderAccounts) -> Sequence["Provider"]:
    """Return a provider for each account; their client libraries are loaded at the first call."""
    from gateway.providers.anthropic_messages import AnthropicMessages  # noqa: PLC0415
    from gateway.providers.openai_chat import OpenAiChat  # noqa: PLC0415

    found: list[Provider] = []
    if accounts.openai_api_key:
        found.append(
            OpenAiChat(name="openai", kind="openai", api_key=accounts.openai_api_key, base_url=accounts.openai_base_url)
        )
    if accounts.azure_openai_api_key and accounts.azure_openai_endpoint:
        found.append(
            OpenAiChat(
                name="azure",
                kind="azure",
                api_key=accounts.azure_openai_api_key,
                base_url=accounts.azure_openai_endpoint,
                azure_api_version=accounts.azure_openai_api_version,
            )
        )
    if accounts.anthropic_api_key:
        found.append(AnthropicMessages(api_key=accounts.anthropic_api_key, base_url=accounts.anthropic_base_url))
    if accounts.compatible_base_url:
        key = accounts.compatible_api_key or "none"
        found.append(
            OpenAiChat(name="compatible", kind="compatible", api_key=key, base_url=accounts.compatible_base_url)
        )
    return found
