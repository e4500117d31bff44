"""`make` on a machine whose Python cannot run Colophon says so, and what to install."""

import subprocess
from pathlib import Path

import pytest

MAKE_VIRTUALENV = Path(__file__).resolve().parents[2] / "deploy" / "make-virtualenv"
OLD = 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac'
WITHOUT_ENSUREPIP = 'case "$*" in --version) echo Python 3.12.0;; *ensurepip*) exit 1;; esac'


@pytest.mark.parametrize(
    ("python", "sentence"),
    [
        (OLD, "needs Python 3.11 or later; this machine has Python 3.9.2"),
        (WITHOUT_ENSUREPIP, "apt install python3-venv"),
    ],
)
def test_a_machine_without_a_suitable_python_is_told_what_to_install(
    tmp_path: Path, python: str, sentence: str
) -> None:
    fake = tmp_path / "python3"
    fake.write_text(f"#!/bin/sh\n{python}\n")
    fake.chmod(0o755)
    (tmp_path / "sh").symlink_to("/bin/sh")
    refused = subprocess.run(
        ["/bin/sh", MAKE_VIRTUALENV, tmp_path / "venv"],
        env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert not (tmp_path / "venv").exists()
