"""The compose file and the Dockerfile fit the code: names, settings, files, secrets, health."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from app.cli.main import app
from app.settings import PREFIX, Settings, variable_name
from tests.architecture.source_files import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
# Without health, each with its reason.
WITHOUT_HEALTH = {"migrate": "runs once and ends"}
UNUSED_SO_FAR = {"neo4j", "qdrant", "minio"}
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<default>[^}]*)\}")
PINNED = re.compile(r"[\w./-]+:v?[\w.-]*\d[\w.-]*")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_says_when_it_is_healthy(name: str) -> None:
    health = SERVICES[name].get("healthcheck", {})
    assert ("test" in health) != (name in WITHOUT_HEALTH)


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_pinned(name: str) -> None:
    image = SERVICES[name]["image"]
    assert PINNED.fullmatch(image)
    assert "latest" not in image


def test_what_is_waited_for_exists_and_can_come_true() -> None:
    for service in SERVICES.values():
        for other, wait in service.get("depends_on", {}).items():
            ends = wait["condition"] == "service_completed_successfully"
            assert ends == (other in WITHOUT_HEALTH)


def test_what_colophon_does_not_use_starts_only_when_asked_for() -> None:
    assert {name for name, service in SERVICES.items() if "profiles" in service} == UNUSED_SO_FAR


def test_every_setting_that_is_given_exists() -> None:
    known = {variable_name(name) for name in Settings.model_fields}
    given = {key for service in OURS.values() for key in service["environment"]}
    given |= set(re.findall(rf"\b{PREFIX}\w+", DOCKERFILE.read_text(encoding="utf-8")))
    assert given <= known


def test_no_secret_has_a_default() -> None:
    used = list(VARIABLE.finditer((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    secrets = [v for v in used if re.search("KEY|PASSWORD|TOKEN", v["name"])]
    assert {v["name"] for v in secrets} >= {"COLOPHON_MASTER_KEY", "POSTGRES_PASSWORD"}
    assert [v["name"] for v in secrets if not v["default"].startswith(":?") and v["default"] != ":-"] == []
    for name in ("COLOPHON_MASTER_KEY", "POSTGRES_PASSWORD"):
        assert all(v["default"].startswith(":?") for v in secrets if v["name"] == name)


def test_only_the_migration_knows_the_administrators_password() -> None:
    told = {name for name, service in OURS.items() if "POSTGRES_PASSWORD" in str(service["environment"])}
    assert told == {"migrate"}


def test_nothing_is_published_beyond_this_machine() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize("name", OURS)
def test_a_command_is_one_of_ours(name: str) -> None:
    program, verb, *options = OURS[name]["command"]
    commands = typer.main.get_command(app)
    assert program == "colophon"
    called = commands.get_command(typer.Context(commands), verb)  # type: ignore[attr-defined]  # it is a group
    called.make_context(verb, options)


def test_what_writes_files_and_what_reads_them_share_a_volume_in_the_data_folder() -> None:
    data_dir = re.search(r"COLOPHON_DATA_DIR=(\S+)", DOCKERFILE.read_text(encoding="utf-8"))
    assert data_dir is not None
    mounted = {name: OURS[name].get("volumes") for name in OURS if "serve" in OURS[name]["command"]}
    assert mounted == {name: [f"files:{data_dir[1]}"] for name in mounted}
    assert "files" in COMPOSE["volumes"]
    assert f"--owner=10001 --group=10001 {data_dir[1]}" in DOCKERFILE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", OURS)
def test_our_processes_need_no_rights_and_no_disk(name: str) -> None:
    assert OURS[name]["read_only"] is True
    assert OURS[name]["cap_drop"] == ["ALL"]


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the Dockerfile with its arguments, continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", DOCKERFILE.read_text(encoding="utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_runs_as_nobody_and_stops_on_sigterm() -> None:
    last = dict(instructions())
    assert last["USER"].partition(":")[0] not in {"0", "root"}
    assert last["STOPSIGNAL"] == "SIGTERM"
    assert "/readyz" in last["HEALTHCHECK"]


def test_base_images_are_plain_names_with_a_version() -> None:
    images = [rest.split()[0] for word, rest in instructions() if word == "FROM"]
    assert images
    assert all(re.fullmatch(r"python:3\.\d+-slim", image) for image in images)


def test_every_file_that_the_image_is_built_from_exists_and_is_let_in() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for pattern in let_in:
        assert list(ROOT.glob(pattern)), pattern
    copied = [
        source
        for word, rest in instructions()
        if word == "COPY" and "--from" not in rest and rest != ". ."
        for source in shlex.split(rest)[:-1]
    ]
    assert copied
    assert all(any(Path(source).match(pattern) for pattern in let_in) and (ROOT / source).exists() for source in copied)


def test_the_image_holds_every_package_of_ours() -> None:
    packages = re.findall(r"^packages = \[(.*)\]$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[0]
    let_in = (ROOT / ".dockerignore").read_text().splitlines()
    assert all(f"!{name}" in let_in for name in re.findall(r'"(\w+)"', packages))
