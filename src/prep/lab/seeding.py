"""Every source of chance that a solution may use, set before each call."""

from __future__ import annotations

import random
import sys


def seed_all(seed: int) -> None:
    """Seed random, and numpy, torch and tensorflow where they are loaded."""
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % 2**32)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed)
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None:
        tensorflow.random.set_seed(seed % 2**31)
