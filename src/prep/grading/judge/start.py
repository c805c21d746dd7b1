"""How the judge's process begins: with a word about what it lacks, if it lacks anything."""

from __future__ import annotations

import json
import os
import socket
import sys

from prep.wire.channel import send
from prep.wire.forking import serve
from prep.wire.messages import Brief, Lacks, Warm


def main() -> None:
    """Load pytest and numpy, say so, and serve."""
    end, forks = json.loads(sys.argv[1])
    sock = socket.socket(fileno=end)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        from prep.grading.judge.running import judge, settle  # noqa: PLC0415 - the slow part
    except ModuleNotFoundError as error:
        send(sock, Lacks(str(error.name), str(error)))
        return
    send(sock, Warm(settle()))
    serve(sock, Brief, judge, forks=forks)
