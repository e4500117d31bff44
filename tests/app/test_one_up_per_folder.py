"""`up` holds its folder alone, says where it serves, and makes one key for the folder's life."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.master_key import MasterKeyRefused, load_or_create_master_key
from app.up import AlreadyUp, PortRefused, announce, held_folder, listening_socket, running, served_url
from infra.data_folder import DataFolderRefused, prepare_data_folder

HOLDER = """
import sys
from pathlib import Path
from app.up import announce, held_folder
with held_folder(Path(sys.argv[1])) as folder:
    announce(folder, url="http://127.0.0.1:8123", version="1")
    print("held", flush=True)
    sys.stdin.read()
"""


def a_holder(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", HOLDER, str(folder)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    return holder


def test_a_second_up_is_told_who_holds_the_folder_and_where_it_serves(tmp_path: Path) -> None:
    holder = a_holder(tmp_path)
    with pytest.raises(AlreadyUp) as refusal, held_folder(tmp_path):
        pass
    assert str(holder.pid) in str(refusal.value)
    assert "http://127.0.0.1:8123" in str(refusal.value)
    holder.communicate()
    assert running(tmp_path) is None


def test_a_killed_holder_bars_nobody_and_its_notice_is_taken_away(tmp_path: Path) -> None:
    holder = a_holder(tmp_path)
    holder.kill()
    holder.communicate()
    assert running(tmp_path) is not None
    with held_folder(tmp_path) as folder:
        assert running(folder) is None
        announce(folder, url="http://127.0.0.1:1", version="2")
        notice = running(folder)
        assert notice is not None
        assert (notice.url, notice.pid, notice.version) == ("http://127.0.0.1:1", os.getpid(), "2")


def test_a_folder_of_somebody_elses_files_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(DataFolderRefused, match="not empty"):
        prepare_data_folder(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("hopeless", ["a-file/data", "../../../../../../proc/data"])
def test_a_folder_that_cannot_be_written_is_refused_with_the_way_out(tmp_path: Path, hopeless: str) -> None:
    (tmp_path / "a-file").touch()
    with pytest.raises(DataFolderRefused, match="--data"):
        prepare_data_folder(tmp_path / hopeless)


def test_a_port_in_use_is_refused_with_the_way_out() -> None:
    with listening_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert served_url(taken) == f"http://127.0.0.1:{port}"
        with pytest.raises(PortRefused, match=f"Port {port} .* in use.*--port"):
            listening_socket("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(PortRefused, match="--host"):
        listening_socket("192.0.2.1", 0)
    with pytest.raises(PortRefused, match="--host"):
        listening_socket("no.such.host.invalid", 0)


def test_all_addresses_are_written_as_one_that_a_browser_can_open() -> None:
    with listening_socket("0.0.0.0", 0) as listener:
        assert served_url(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
    if socket.has_ipv6:
        with listening_socket("::1", 0) as listener:
            assert served_url(listener).startswith("http://[::1]:")


def test_the_folders_key_is_made_once_and_private(tmp_path: Path) -> None:
    key = load_or_create_master_key(tmp_path)
    assert load_or_create_master_key(tmp_path) == key
    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600
    assert load_or_create_master_key(tmp_path) != load_or_create_master_key(prepare_data_folder(tmp_path / "other"))


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_or_create_master_key(tmp_path)
    (tmp_path / "master.key").chmod(0o644)
    with pytest.raises(MasterKeyRefused, match="chmod 600"):
        load_or_create_master_key(tmp_path)


@pytest.mark.parametrize("left", ["", "c2hvcnQ", "\x00\x01"])
def test_a_damaged_key_is_not_called_weak_while_data_depends_on_it(tmp_path: Path, left: str) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("18\n")
    (tmp_path / "master.key").write_text(left)
    (tmp_path / "master.key").chmod(0o600)
    with pytest.raises(MasterKeyRefused, match=r"damaged.*backup"):
        load_or_create_master_key(tmp_path)
    assert (tmp_path / "master.key").read_text() == left


def test_a_lost_key_is_not_replaced_while_data_depends_on_it(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("18\n")
    with pytest.raises(MasterKeyRefused, match="backup"):
        load_or_create_master_key(tmp_path)
