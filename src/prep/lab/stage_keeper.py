"""Starts the process that runs a demo, and leaves nothing behind when it ends or nobody watches.

It stays small and does nothing else, so that it can clean up whatever became of the demo.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress

from prep.wire.launching import INTERRUPT, code_for

_LINUX = sys.platform == "linux"
_GRACE = 5


def main() -> None:
    """Start the stage; tell its exit code when it and all that it started are gone."""
    control_end, stage_end = json.loads(sys.argv[1])
    control = socket.socket(fileno=control_end)
    if _LINUX:
        from prep.lab import linux  # noqa: PLC0415 - there is no such module elsewhere

        with suppress(OSError):
            linux.adopt_orphans()
    stage = _start(stage_end)
    os.close(stage_end)
    threading.Thread(target=_obey, args=(control, stage), daemon=True).start()
    code = stage.wait()
    sweep()
    with suppress(OSError):
        control.sendall(str(code).encode())


def _start(end: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own module, in our own Python
        [sys.executable, "-P", "-c", code_for("prep.lab.stage"), str(end)],
        pass_fds=[end],
        stdin=subprocess.DEVNULL,
    )


def _obey(control: socket.socket, stage: subprocess.Popen[bytes]) -> None:
    """Pass an interrupt on; anything else, or the parent's end, ends the stage."""
    while True:
        try:
            order = control.recv(1)
        except OSError:
            order = b""
        if order == INTERRUPT:
            stage.send_signal(signal.SIGINT)
            continue
        if not order:  # nobody watches any more: the demo may keep its checkpoint
            stage.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                stage.wait(_GRACE)
        stage.kill()
        return


def sweep() -> None:
    """Kill everything that descends from this process."""
    import psutil  # noqa: PLC0415 - after the stage has begun

    while left := psutil.Process().children(recursive=True):
        for process in left:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, timeout=1)
