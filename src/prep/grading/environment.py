"""What a worker finds in its environment."""

from __future__ import annotations

import os
import sys

_KEPT = ("LD_LIBRARY_PATH", "SYSTEMROOT", "TZ")


def clean_environment(folder: str, device: str) -> dict[str, str]:
    """Return the environment of workers: nothing of the learner's own, no network habits."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    visible = os.environ.get("CUDA_VISIBLE_DEVICES") if device in {"cuda", "auto"} else ""
    devices = {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
        "MPLBACKEND": "Agg",
        "PYTHONBREAKPOINT": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "HF_HUB_OFFLINE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TORCH_CPP_LOG_LEVEL": "ERROR",
        "GLOO_SOCKET_IFNAME": "lo0" if sys.platform == "darwin" else "lo",
        # OpenMP's spinning threads made a step 98 times slower beside another torch process.
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
        **devices,
        **kept,
    }
