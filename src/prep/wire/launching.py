"""How a process of ours is begun, and how a keeper is told to end it.

It stays small: what keeps watch over a demo loads it.
"""

from __future__ import annotations

from pathlib import Path

import prep

_LAUNCH = "import sys; sys.path.append({root!r}); from {module} import main; main()"
# To a keeper, one byte each.
INTERRUPT, KILL = b"i", b"k"


def code_for(module: str) -> str:
    """Return what Python is given with `-c` to run `main()` of a module of this package."""
    return _LAUNCH.format(root=str(Path(prep.__file__).parents[1]), module=module)
