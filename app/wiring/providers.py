"""The providers that this installation has a key or an address for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.contracts import AccountPrices, Agreed
from gateway.providers.capabilities import Declared
from gateway.providers.script import ScriptedModel
from infra.start_refused import StartRefused

if TYPE_CHECKING:
    from gateway.providers.port import Provider

AZURE_API_VERSION = "2025-04-01-preview"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account at one provider, under a name of its own: the first part of `provider/model`."""

    name: str
    kind: str
    key: str = field(default="none", repr=False)
    address: str | None = None
    api_version: str = AZURE_API_VERSION
    agreed: Agreed = field(default_factory=Agreed)
    models: Mapping[str, Declared] = field(default_factory=dict)
    agreed_for_models: Mapping[str, Agreed] = field(default_factory=dict)
    script: Mapping[str, ScriptedModel] | None = None

    @property
    def prices(self) -> AccountPrices:
        return AccountPrices(
            kind=self.kind,
            agreed=self.agreed,
            of_models=self.agreed_for_models,
            listed_as={name: said.listed_as for name, said in self.models.items() if said.listed_as is not None},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccounts:
    """Keys and addresses as the settings give them; what is None is not offered."""

    openai_api_key: str | None = field(default=None, repr=False)
    openai_base_url: str | None = None
    azure_openai_api_key: str | None = field(default=None, repr=False)
    azure_openai_endpoint: str | None = None
    azure_openai_api_version: str = AZURE_API_VERSION
    anthropic_api_key: str | None = field(default=None, repr=False)
    anthropic_base_url: str | None = None
    compatible_base_url: str | None = None
    compatible_api_key: str | None = field(default=None, repr=False)
    compatible_input_micros_per_million: int | None = None
    compatible_output_micros_per_million: int | None = None
    deployments: tuple[Account, ...] = ()

    def all(self) -> Sequence[Account]:
        """Return the accounts, each under its name. Raises StartRefused when two have the same one."""
        found = [*self._single(), *self.deployments]
        if twice := [name for name, times in Counter(account.name for account in found).items() if times > 1]:
            raise StartRefused(f"There are two provider accounts with the name {twice[0]}; give one of them another.")
        return found

    def _single(self) -> Sequence[Account]:
        """Return the accounts that have settings of their own: one of each kind."""
        found = []
        if self.openai_api_key:
            found.append(Account(name="openai", kind="openai", key=self.openai_api_key, address=self.openai_base_url))
        if self.azure_openai_api_key and self.azure_openai_endpoint:
            found.append(
                Account(
                    name="azure",
                    kind="azure",
                    key=self.azure_openai_api_key,
                    address=self.azure_openai_endpoint,
                    api_version=self.azure_openai_api_version,
                )
            )
        if self.anthropic_api_key:
            found.append(
                Account(name="anthropic", kind="anthropic", key=self.anthropic_api_key, address=self.anthropic_base_url)
            )
        if self.compatible_base_url:
            # Nobody publishes its price; without one it is not called.
            given, output = self.compatible_input_micros_per_million, self.compatible_output_micros_per_million
            found.append(
                Account(
                    name="compatible",
                    kind="compatible",
                    key=self.compatible_api_key or "none",
                    address=self.compatible_base_url,
                    agreed=Agreed(input=given, output=output),
                )
            )
        return found


def providers_of(accounts: Sequence[Account]) -> Sequence["Provider"]:
    """Return a provider for each account; their client libraries are loaded at the first call."""
    return [_provider(account) for account in accounts]


def _provider(account: Account) -> "Provider":
    from gateway.providers.anthropic_messages import AnthropicMessages  # noqa: PLC0415
    from gateway.providers.openai_chat import OpenAiChat  # noqa: PLC0415
    from gateway.providers.scripted import KIND, Scripted  # noqa: PLC0415

    if account.kind == KIND:
        return (
            Scripted(name=account.name)
            if account.script is None
            else Scripted(name=account.name, script=account.script)
        )
    if account.kind == "anthropic":
        return AnthropicMessages(
            name=account.name, api_key=account.key, base_url=account.address, declared=account.models
        )
    return OpenAiChat(
        name=account.name,
        kind=account.kind,
        api_key=account.key,
        base_url=account.address,
        azure_api_version=account.api_version if account.kind == "azure" else None,
        declared=account.models,
    )
