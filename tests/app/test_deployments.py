"""Provider accounts come from a file, several of a kind, and what is wrong with it is said in one line."""

import json
from pathlib import Path

import pytest

from app.deployments import read_deployments
from app.settings import Settings
from app.wiring.providers import Account, ProviderAccounts
from gateway.contracts import Agreed
from gateway.prices import PriceBook, Unpriced
from gateway.providers.capabilities import Declared
from infra.start_refused import StartRefused

KEYS = {"AZURE_EU_KEY": "az-secret-eu", "AZURE_US_KEY": "az-secret-us", "EMPTY_KEY": " "}
TWO = """
[[deployments]]
name = "azure-eu"
kind = "azure"
address = "https://acme-eu.openai.azure.com"
key_variable = "AZURE_EU_KEY"
api_version = "2025-03-01"

[deployments.prices]
input = 2_000_000

[deployments.models.house-gpt]
listed_as = "gpt-4o-mini"
context_tokens_max = 64_000

[deployments.models.house-gpt.prices]
output = 500_000

[[deployments]]
name = "azure-us"
kind = "azure"
address = "https://acme-us.openai.azure.com"
key_file = "us.key"

[[deployments]]
name = "vllm-a"
kind = "compatible"
address = "http://10.0.0.5:8000/v1"
"""


def read(folder: Path, text: str, *, suffix: str = "toml") -> tuple[Account, ...]:
    path = folder / f"deployments.{suffix}"
    path.write_text(text)
    return read_deployments(path, KEYS.get)


def test_several_accounts_of_a_kind_have_names_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "us.key").write_text("az-secret-us\n")
    eu, us, vllm = read(tmp_path, TWO)
    assert (eu.name, eu.kind, eu.key, eu.api_version) == ("azure-eu", "azure", "az-secret-eu", "2025-03-01")
    assert (us.name, us.key, us.address) == ("azure-us", "az-secret-us", "https://acme-us.openai.azure.com")
    assert (vllm.key, vllm.models) == ("none", {})
    assert eu.models == {"house-gpt": Declared(listed_as="gpt-4o-mini", context_tokens_max=64_000)}
    assert "az-secret" not in f"{eu!r} {us!r}"


def test_the_same_can_be_written_as_json(tmp_path: Path) -> None:
    one = {"name": "openai-2", "kind": "openai", "key_variable": "AZURE_EU_KEY"}
    (account,) = read(tmp_path, json.dumps({"deployments": [one]}), suffix="json")
    assert (account.name, account.key) == ("openai-2", "az-secret-eu")


def test_a_contract_comes_before_the_list_and_the_list_before_nothing(tmp_path: Path) -> None:
    (tmp_path / "us.key").write_text("az-secret-us")
    eu, us, vllm = read(tmp_path, TWO)
    book = PriceBook({}, {account.name: account.prices for account in (eu, us, vllm)})
    listed = PriceBook({}).rates("azure", "gpt-4o-mini")
    assert book.rates("azure-us", "gpt-4o-mini") == listed
    agreed = book.rates("azure-eu", "house-gpt")
    assert (agreed.input, agreed.output, agreed.reasoning) == (2_000_000, 500_000, 500_000)
    assert agreed.cache_read == listed.cache_read
    for name, model in (("azure-us", "house-gpt"), ("vllm-a", "qwen")):
        with pytest.raises(Unpriced):
            book.rates(name, model)


def test_a_price_of_nothing_is_a_price_and_half_a_price_is_none() -> None:
    assert Agreed(input=5).over(None) is None
    free = Agreed(input=0, output=0).over(None)
    assert free is not None
    assert (free.input, free.cache_read, free.output, free.reasoning) == (0, 0, 0, 0)


GOOD = 'name = "eu"\nkind = "azure"\naddress = "https://a"\nkey_variable = "AZURE_EU_KEY"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace('"azure"', '"azzure"'), "deployment eu: kind: Input should be 'azure'"),
        (GOOD.replace("AZURE_EU_KEY", "NOBODY_SET_IT"), "deployment eu: the variable NOBODY_SET_IT is not set"),
        (GOOD.replace("AZURE_EU_KEY", "EMPTY_KEY"), "deployment eu: the variable EMPTY_KEY is not set"),
        (GOOD.replace('key_variable = "AZURE_EU_KEY"', ""), "deployment eu: key_variable or key_file is missing"),
        (GOOD.replace('key_variable = "AZURE_EU_KEY"', 'key_file = "none"'), "deployment eu: key_file cannot be read"),
        (GOOD.replace('address = "https://a"', ""), "deployment eu: address is missing"),
        (GOOD.replace('name = "eu"', ""), "deployment 1: name: Field required"),
        (GOOD.replace('"eu"', '"local"'), "deployment local: the name local is that of the model in the process"),
        (GOOD.replace('"eu"', '"scripted-eu"'), "a name begins with `scripted` where the kind is scripted"),
        (GOOD.replace('"eu"', '"EU/1"'), "deployment EU/1: name: String should match pattern"),
        (f"{GOOD}[[deployments]]\n{GOOD}", "deployment eu: there are two of this name"),
        (f'{GOOD}key = "sk-secret"', "deployment eu: key: Extra inputs are not permitted"),
        (GOOD.replace("AZURE_EU_KEY", "sk-secret"), "deployment eu: key_variable: String should match pattern"),
        (f"{GOOD}prices.input = -1", "deployment eu: prices.input: Input should be greater than or equal to 0"),
        ('name = "scripted"\nkind = "scripted"\nscript_file = "no.toml"', "no.toml: No such file"),
        ("name = sk-secret", "it is no TOML"),
    ],
)
def test_what_is_wrong_is_one_line_without_any_secret(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(StartRefused) as refusal:
        read(tmp_path, f"[[deployments]]\n{text}")
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_a_file_that_is_not_there_or_has_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="No such file"):
        read_deployments(tmp_path / "nothing.toml", KEYS.get)
    with pytest.raises(StartRefused, match="deployments: Field required"):
        read(tmp_path, "accounts = []")


def test_a_name_in_the_file_that_a_setting_has_taken_is_refused(tmp_path: Path) -> None:
    again = read(tmp_path, f"[[deployments]]\n{GOOD}".replace('"eu"', '"azure"'))
    accounts = ProviderAccounts(azure_openai_api_key="az-secret", azure_openai_endpoint="https://b", deployments=again)
    with pytest.raises(StartRefused, match="two provider accounts with the name azure"):
        accounts.all()


def test_a_process_reads_the_file_that_its_settings_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deployments.toml"
    path.write_text(f"[[deployments]]\n{GOOD}")
    monkeypatch.setenv("COLOPHON_DEPLOYMENTS_FILE", str(path))
    monkeypatch.setenv("AZURE_EU_KEY", "az-secret-eu")
    found = Settings.load().providers
    assert [account.name for account in found.all()] == ["eu"]
    assert "az-secret-eu" not in f"{found!r} {found.all()!r}"
