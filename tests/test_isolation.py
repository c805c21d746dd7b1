"""The suite's own walls stand: see conftest.py."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from prep.cli.places import cache_folder, data_folder
from tests.conftest import NetworkUsedError

ALL_FOLDERS = "from prep.cli.places import *; print(data_folder()); print(cache_folder())"


def test_progress_and_cache_lie_in_a_folder_of_the_test(tmp_path):
    base = tmp_path.parent
    assert data_folder().is_relative_to(base)
    assert cache_folder().is_relative_to(base)


def test_the_default_places_are_redirected_too(tmp_path, monkeypatch):
    monkeypatch.delenv("PREP_HOME")
    assert data_folder().is_relative_to(tmp_path.parent)
    assert cache_folder().is_relative_to(tmp_path.parent)


def test_a_program_started_by_a_test_inherits_the_walls(tmp_path):
    found = subprocess.run(
        [sys.executable, "-c", ALL_FOLDERS], capture_output=True, text=True, check=True
    )
    for line in found.stdout.splitlines():
        assert Path(line).is_relative_to(tmp_path.parent)


@pytest.mark.skipif(sys.platform == "win32", reason="asks the password database")
def test_the_home_of_a_test_is_not_the_readers():
    import pwd

    assert Path.home() != Path(pwd.getpwuid(os.getuid()).pw_dir)


def test_settings_of_the_readers_shell_do_not_reach_a_test():
    assert not {"PREP_NOW", "NO_COLOR", "FORCE_COLOR", "LC_ALL"} & os.environ.keys()


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443)])
def test_other_machines_cannot_be_reached(address):
    with socket.socket() as used, pytest.raises(NetworkUsedError):
        used.connect(address)


def test_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
