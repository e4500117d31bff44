"""Settings come from the environment, refuse what cannot work, and never repeat a secret."""

import base64
import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from api.limits import Limits
from app.master_key import MasterKeys, parse_master_key
from app.settings import Settings, SettingsRefused, unknown_variables
from app.settings_reference import EXAMPLE, REFERENCE, ROOT, example, reference

GOOD_KEY = secrets.token_urlsafe(32)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)


def test_nothing_has_to_be_set() -> None:
    settings = Settings.load()
    assert (settings.host, settings.port, settings.database_url) == ("127.0.0.1", 8000, None)
    assert settings.limits == Limits()


def test_an_argument_wins_over_the_environment_and_that_over_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("COLOPHON_PORT=1\nCOLOPHON_HOST=from-file\nSOMEBODY_ELSES=3\n")
    monkeypatch.setenv("COLOPHON_PORT", "2")
    assert (Settings.load().port, Settings.load().host) == (2, "from-file")
    assert Settings.load(port=4, host=None).port == 4


def test_a_misspelt_setting_in_the_file_is_refused_by_name() -> None:
    Path(".env").write_text("COLOPHON_PROT=1\n")
    with pytest.raises(SettingsRefused, match="COLOPHON_PROT"):
        Settings.load()


def test_a_misspelt_variable_is_found_with_what_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOPHON_DATABSE_URL", "x")
    assert unknown_variables() == {"COLOPHON_DATABSE_URL": "COLOPHON_DATABASE_URL"}


def test_a_refusal_names_the_variable_and_never_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOPHON_PORT", "70000")
    monkeypatch.setenv("COLOPHON_MASTER_KEY", "hunter2hunter2")
    with pytest.raises(SettingsRefused) as refusal:
        Settings.load()
    assert "COLOPHON_PORT" in str(refusal.value)
    assert "COLOPHON_MASTER_KEY" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_settings_are_frozen_and_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOPHON_MASTER_KEY", GOOD_KEY)
    settings = Settings.load()
    assert GOOD_KEY not in repr(settings)
    assert settings.master_keys == MasterKeys(key=parse_master_key(GOOD_KEY))
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1


def test_the_data_folder_follows_the_users_own_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/home/ana")
    assert Settings.load().data_dir == Path("/home/ana/.local/share/colophon")
    monkeypatch.setenv("XDG_DATA_HOME", "/data/ana")
    assert Settings.load().data_dir == Path("/data/ana/colophon")


def test_the_data_folder_of_root_is_not_in_roots_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert Settings.load().data_dir == Path("/var/lib/colophon")


@pytest.mark.parametrize("spell", [base64.urlsafe_b64encode, base64.b64encode, base64.b16encode])
def test_random_keys_are_taken_in_every_usual_spelling(spell: Callable[[bytes], bytes]) -> None:
    key = secrets.token_bytes(32)
    assert parse_master_key(f" {spell(key).decode()}\n") == key
    assert parse_master_key(spell(key).decode().rstrip("=")) == key


@pytest.mark.parametrize(
    "key",
    [
        "", "short", "0" * 64, "ab" * 32, "0123456789abcdef" * 4, bytes(range(32)).hex(), "A" * 43,
        "not base64 at all!",
        "9d" * 8 + "61c3f0a7b2e4" * 2, base64.urlsafe_b64encode(b"my-very-secret-password-for-prod").decode(),
        base64.urlsafe_b64encode(b"correct horse battery staple correct horse").decode(),
        "changeme-changeme-changeme-changeme-changeme",
    ],
)  # fmt: skip
def test_guessable_keys_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match="master key"):
        parse_master_key(key)


def test_no_page_of_ours_shows_a_key_that_would_be_taken() -> None:
    pages = [ROOT / name for name in ("README.md", "docker-compose.yml", ".env.example")] + [*ROOT.glob("docs/**/*.md")]
    for page in filter(Path.is_file, pages):
        for shown in re.findall(r"MASTER_KEY\W+([\w+/=-]{16,})", page.read_text()):
            with pytest.raises(ValueError, match="master key"):
                parse_master_key(shown)


def test_every_limit_is_a_setting() -> None:
    assert set(Limits.__dataclass_fields__) <= Settings.model_fields.keys()


def test_the_reference_page_and_the_example_file_are_current() -> None:
    assert (ROOT / REFERENCE).read_text() == reference(), "run `make docs`"
    assert (ROOT / EXAMPLE).read_text() == example(), "run `make docs`"
    assert all(field.description for field in Settings.model_fields.values())


def test_accounts_at_providers_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOPHON_OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("COLOPHON_COMPATIBLE_BASE_URL", "http://127.0.0.1:11434/v1")
    monkeypatch.setenv("COLOPHON_COMPATIBLE_OUTPUT_MICROS_PER_MILLION", "0")
    settings = Settings.load()
    assert settings.accounts.openai_api_key == "sk-secret"
    assert settings.accounts.anthropic_api_key is None
    assert settings.accounts.compatible_base_url == "http://127.0.0.1:11434/v1"
    assert settings.accounts.compatible_output_micros_per_million == 0
    assert "sk-secret" not in f"{settings!r} {settings.accounts!r}"
