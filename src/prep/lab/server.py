"""The process that has loaded an exercise's libraries, and forks its workers."""

from __future__ import annotations

import gc
import importlib
import json
import os
import socket
import sys
import sysconfig
from pathlib import Path

from msgspec import structs

from prep.lab.device import devices, devices_asked_apart
from prep.lab.keeper import keep
from prep.lab.rehearsal import Problems, find_problems
from prep.wire.channel import send
from prep.wire.forking import serve
from prep.wire.messages import Lacks, Order, Warm

# What the first use of a library would load later, in every worker again.
_LATER = {"torch": ("torch._dynamo",)}
_SYSTEM = (
    "/usr",
    "/lib",
    "/lib64",
    "/bin",
    "/proc",
    "/sys",
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
    "/dev/null",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/resolv.conf",
    "/etc/passwd",
    "/etc/group",
    "/etc/ssl",
    "/etc/mime.types",
)


def main() -> None:
    """Load what the arguments name, say so, and serve."""
    end, forks, needs, later = json.loads(sys.argv[1])
    sock = socket.socket(fileno=end)
    if forks and sys.platform == "linux":
        from prep.lab import linux  # noqa: PLC0415

        linux.die_with_parent()
        linux.adopt_orphans()
    problems = find_problems() if forks else Problems()  # quickly, while this process is small
    loaded = _load(needs, later=later)
    if isinstance(loaded, Warm):
        there = devices_asked_apart() if forks else devices()
        loaded = structs.replace(loaded, devices=tuple(there))
    send(sock, loaded)
    if isinstance(loaded, Lacks):
        return
    gc.collect()
    gc.freeze()  # a child that collects would copy every page it touches
    serve(
        sock,
        Order,
        lambda order, ends: keep(_with_libraries(order), ends, problems, forks=forks),
        forks=forks,
    )


def _load(needs: list[str], *, later: bool) -> Warm | Lacks:
    versions = {}
    for name in needs:
        try:
            module = importlib.import_module(name)
            for more in _LATER.get(name, ()) if later else ():
                importlib.import_module(more)
        except Exception as error:  # noqa: BLE001 - a library may fail in its own ways
            missing = getattr(error, "name", None)
            return Lacks(str(missing or name), f"{type(error).__name__}: {error}"[:500])
        versions[name] = str(getattr(module, "__version__", ""))
    return Warm(versions)


def _with_libraries(order: Order) -> Order:
    """Let the worker read the interpreter, its libraries and this package."""
    places = [sys.base_prefix, sys.prefix, *sysconfig.get_paths().values(), *sys.path]
    places += os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    found = {os.path.realpath(place) for place in places if place and Path(place).exists()}
    return structs.replace(order, readable=[*order.readable, *_SYSTEM, *sorted(found)])
