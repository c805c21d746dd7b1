"""The lab's server on a machine that refuses what $REFUSES names, as some systems do."""

import os
import sys
from pathlib import Path

from prep.lab import landlock, linux, server


def _refused(*_, **__):
    raise PermissionError(1, "Operation not permitted")


class _Path(Path):
    """Lets nothing be written that maps users."""

    _flavour = getattr(type(Path()), "_flavour", None)

    def write_text(self, *args, **kwargs):
        return _refused() if self.name == "uid_map" else super().write_text(*args, **kwargs)


def main():
    match os.environ["REFUSES"]:
        case "unshare":
            linux.new_namespaces = _refused
        case "uid_map":
            linux.Path = _Path
        case "mounts":
            linux._mount = _refused
        case "loopback":
            linux.loopback_up = _refused
        case "landlock":
            landlock.version = lambda: 0
        case other:
            sys.exit(f"nothing is called {other}")
    server.main()
