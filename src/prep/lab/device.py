"""Which devices there are: the libraries that this process has loaded are asked."""

from __future__ import annotations

import os
import sys
from typing import Any

from prep.model.device import pick_device

_CUDA, _MPS = 1, 2


def choose_device(wanted: str) -> str:
    """Return the device to run on, "cuda", "mps" or "cpu"; `wanted` may be "auto": the best.

    Raises EnvironmentLacksError when it is not there. CUDA is initialised here: a process that
    forks workers asks `devices_asked_apart` instead.
    """
    return pick_device(wanted, devices())


def devices() -> list[str]:
    """Return what the loaded library can compute on, the best first."""
    torch = sys.modules.get("torch")
    if torch is not None:
        return _of_torch(torch)
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is not None and tensorflow.config.list_physical_devices("GPU"):
        # Apple's plug-in calls its device a GPU as well.
        return ["mps" if sys.platform == "darwin" else "cuda", "cpu"]
    return ["cpu"]


def devices_asked_apart() -> list[str]:
    """Return the same, asked in a fork: CUDA works in one process's children only if not in it."""
    child = os.fork()
    if child == 0:
        answer = 0
        try:
            found = devices()
            answer = _CUDA * ("cuda" in found) + _MPS * ("mps" in found)
        finally:
            os._exit(answer)
    _, status = os.waitpid(child, 0)
    answer = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0
    return ["cuda"] * bool(answer & _CUDA) + ["mps"] * bool(answer & _MPS) + ["cpu"]


def prepare(device: str) -> None:
    """Make a worker ready to compute on `device`, before it computes anything.

    "sim" is the simulated accelerator, which raises what it lacks in this release of torch.
    """
    if device == "sim":
        from prep.lab import simulated  # noqa: PLC0415 - it loads torch

        simulated.start()
    torch = sys.modules.get("torch")
    if device == "cuda" and torch is not None:
        _exact(torch)


def _exact(torch: Any) -> None:  # noqa: ANN401
    """Let CUDA compute float32 as float32, and everything as a CPU would.

    TF32 keeps 10 bits of 23: products would differ by a thousandth, ten times what checks allow.
    cuDNN uses it unless told otherwise, adds up in different orders, and its recurrent networks
    refuse a backward pass in evaluation mode. Torch's own kernels do not.
    """
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.enabled = False


def _of_torch(torch: Any) -> list[str]:  # noqa: ANN401
    mps = getattr(torch.backends, "mps", None)
    has_mps = mps is not None and mps.is_available()
    return ["cuda"] * torch.cuda.is_available() + ["mps"] * has_mps + ["cpu"]
