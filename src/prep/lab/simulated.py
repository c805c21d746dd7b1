"""A simulated accelerator: a device of torch's that computes on the CPU and refuses to mix devices.

It takes the place that torch has for other makers' devices (PrivateUse1), so "sim" works wherever a
device is named. Each of its tensors holds one of the CPU, on which every operation runs. What CUDA
refuses because of devices raises CUDA's sentence; whatever else goes wrong is the simulation's.
The way in is marked experimental by torch, so a later release may not have it: `start` then raises.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from types import ModuleType, SimpleNamespace
from typing import Any

import torch
from torch.utils import backend_registration

from prep.lab.simulated_tensor import NAME, Simulated, run

__all__ = ["NAME", "Simulated", "start"]

# Torch would make these of others: of each other, or of one that is empty and grows.
_FIRST = (
    "_to_copy", "arange", "arange.start", "arange.start_step", "empty.memory_format",
    "empty_strided", "eye", "eye.m", "linspace", "logspace", "randperm",
)  # fmt: skip
_registered: list[Any] = []


class _Module(backend_registration._DummyBackendModule):
    """What `torch.sim` offers: autocast and checkpointing ask for it."""

    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.bfloat16, torch.float16]

    def get_rng_state(self, device: object = None) -> torch.Tensor:
        del device
        return torch.get_rng_state()

    def set_rng_state(self, state: torch.Tensor, device: object = None) -> None:
        del device
        torch.set_rng_state(state)

    def synchronize(self, device: object = None) -> None:
        """Wait for nothing: all is done at once."""


def start() -> str:
    """Make the device known to torch, for as long as this process lives; return its name.

    Nothing may have been computed before: torch counts its devices at the first backward pass.
    """
    backend_registration._setup_privateuseone_for_python_backend(NAME, _Module())
    # `module.to(device)` must keep its Parameters, as it does for CUDA: optimizers hold them.
    torch.__future__.set_swap_module_params_on_conversion(True)
    # The fast paths of attention work on nested tensors, which are not simulated.
    torch.backends.mha.set_fastpath_enabled(False)
    library: Any = torch.library
    rest = library.Library("_", "IMPL")
    rest.fallback(run, "PrivateUse1")
    # Under autocast, everything is computed as it is given.
    rest.fallback(library.fallthrough_kernel, "AutocastPrivateUse1")
    first = library.Library("aten", "IMPL")
    for name in _FIRST:
        packet, _, overload = name.partition(".")
        op = getattr(getattr(torch.ops.aten, packet), overload or "default")
        first.impl(op, _bound(op), "PrivateUse1")
    first.impl("_pin_memory", lambda tensor, _=None: tensor.clone(), "CPU")
    _registered.extend([rest, first])  # they end with these objects
    _leave_compiler_out()
    return NAME


def _leave_compiler_out() -> None:
    """Let optimizers begin without torch's compiler, whose loading takes longer than a probe.

    What needs more of it than this is not simulated.
    """
    nothing: dict[str, object] = {
        "disable": lambda function, *_, **__: function,
        "graph_break": lambda: None,
    }
    # torch.func.grad asks for it.
    nothing["compiled_autograd"] = SimpleNamespace(_disable=nullcontext)
    _stand_in("torch._dynamo", **nothing)
    _stand_in("torch.distributed.tensor", DTensor=type("DTensor", (), {}))


def _stand_in(name: str, **values: object) -> None:
    """Put an empty module in the place of one that is not loaded."""
    if name not in sys.modules:
        parent, _, last = name.rpartition(".")
        sys.modules[name] = ModuleType(name)
        vars(sys.modules[name]).update(values)
        setattr(sys.modules[parent], last, sys.modules[name])


def _bound(op: Any) -> Any:
    return lambda *args, **kwargs: run(op, *args, **kwargs)
