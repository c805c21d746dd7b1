"""The simulated learners need numpy, which the light installation has not."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("numpy") else ["test_learners.py"]
