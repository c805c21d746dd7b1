"""Nothing in the suite can reach the reader's own files, another machine, or her settings."""

from __future__ import annotations

import socket
from typing import Any

import pytest

_LOOPBACK = ("127.", "::1", "localhost")
_HOMES = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
_XDG = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
# Each of them would change what the program says or does.
_UNSET = (
    "PREP_NOW",
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "LINES",
    "LANGUAGE",
    "LC_ALL",
    "LC_MESSAGES",
)


class NetworkUsedError(AssertionError):
    """A test tried to reach another machine."""


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory, monkeypatch):
    """Give every test a home of its own, the progress in it, and an English locale."""
    home = tmp_path_factory.mktemp("home")
    for name in (*_HOMES, *_XDG):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("PREP_HOME", str(home / "prep"))
    for name in _UNSET:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture(autouse=True)
def _own_machine(monkeypatch):
    """Let sockets reach this machine only."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def checked(function: Any) -> Any:
        def call(self: socket.socket, address: Any) -> Any:
            _refuse_others(self, address)
            return function(self, address)

        return call

    monkeypatch.setattr(socket.socket, "connect", checked(connect))
    monkeypatch.setattr(socket.socket, "connect_ex", checked(connect_ex))


def _refuse_others(used: socket.socket, address: Any) -> None:
    is_local = used.family not in {socket.AF_INET, socket.AF_INET6}
    if not is_local and not str(address[0]).startswith(_LOOPBACK):
        raise NetworkUsedError(address)
