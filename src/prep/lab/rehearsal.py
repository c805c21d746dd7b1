"""Whether this system lets processes into namespaces, tried out before a worker is sent there."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple, NoReturn


class Problems(NamedTuple):
    """Why there can be no namespaces here, or none with a network of their own; "" when nothing."""

    namespaces: str = ""
    network: str = ""


def find_problems() -> Problems:
    """Try namespaces out: a process that is half inside cannot go back."""
    if sys.platform != "linux":
        return Problems()
    network = rehearse(network=True)
    return Problems(rehearse(network=False) if network else "", network)


def rehearse(*, network: bool) -> str:
    """Try namespaces with all that belongs to them in a throw-away process; return what failed.

    Some systems (Ubuntu with AppArmor's restriction) let a process into a user namespace and then
    refuse what it needs there. There is no way back, so nobody else may try first.
    """
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        _rehearse(tell, network=network)
    os.close(tell)
    with os.fdopen(told, encoding="utf-8") as answer:
        problem = answer.read()
    _, status = os.waitpid(child, 0)
    return problem or ("" if status == 0 else f"it ended with status {status}")


def _rehearse(tell: int, *, network: bool) -> NoReturn:
    """Enter the namespaces, be PID 1 in a child, and tell the first step that fails."""
    from prep.lab import linux  # noqa: PLC0415 - there is no such module elsewhere

    step, failed = "", 1
    try:
        linux.new_namespaces(network=network)
        first = os.fork()
        if first:
            _, failed = os.waitpid(first, 0)
            os._exit(bool(failed))
        step = "mounts, "
        linux.own_mounts()
        if network:
            step = ""
            linux.loopback_up()
        failed = 0
    except OSError as error:
        os.write(tell, f"{step}{error.strerror or error}".encode())
    finally:
        os._exit(failed)
