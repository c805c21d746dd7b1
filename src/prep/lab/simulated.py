"""A simulated accelerator: a device of torch's that computes on the CPU and refuses to mix devices.

It takes the place that torch has for other makers' devices (PrivateUse1), so "sim" works wherever a
device is named. Each of its tensors holds one of the CPU, on which every operation runs. What CUDA
refuses because of devices raises CUDA's sentence; whatever else goes wrong is the simulation's.
The way in is marked experimental by torch, so a later release may not have it: `start` then raises.
"""

from __future__ import annotations

import sys
from functools import cache
from types import ModuleType
from typing import Any, Self

import torch
from torch.utils import backend_registration

from prep.lab.cells import CELLS
from prep.lab.mixing import ON_CPU, NotSimulatedError, check_places, refuses

NAME = "sim"
_DEVICE = f"{NAME}:0"
_SAME = "Expected all tensors to be on the same device, but found at least two devices, {} and cpu!"
# Torch would make these of others: of each other, or of one that is empty and grows.
_FIRST = (
    "_to_copy", "arange", "arange.start", "arange.start_step", "empty.memory_format",
    "empty_strided", "eye", "eye.m", "linspace", "logspace", "randperm",
)  # fmt: skip
_INSTEAD: dict[str, Any] = {**CELLS, "_has_compatible_shallow_copy_type": lambda *_: False}
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


class Simulated(torch.Tensor):
    """A tensor of the device; `raw` is the one on the CPU."""

    raw: torch.Tensor
    # Torch's functions stay as they are; the operations below them are simulated.
    __torch_function__: Any = torch._C._disabled_torch_function_impl
    __torch_dispatch__: Any = classmethod(
        lambda _, op, __, args=(), kwargs=None: _run(op, *args, **(kwargs or {}))
    )

    def __new__(cls, raw: torch.Tensor) -> Self:
        """Return a tensor of the device with the numbers of `raw`."""
        device: Any = _DEVICE
        made = torch.Tensor._make_wrapper_subclass(
            cls,
            raw.shape,
            strides=raw.stride(),
            dtype=raw.dtype,
            device=device,
            storage_offset=raw.storage_offset(),
        )
        made.raw = raw
        return made

    @property
    def data(self) -> Any:
        """Return the same numbers outside of any graph."""
        return self.detach()

    @data.setter
    def data(self, new: torch.Tensor) -> None:
        if not isinstance(new, Simulated) or new.shape != self.shape or new.dtype != self.dtype:
            raise NotSimulatedError("a tensor that changes its device, shape or dtype")
        self.raw = new.raw

    def tolist(self) -> Any:
        """Return the numbers."""
        return self.raw.tolist()

    def numpy(self, **_: object) -> Any:
        """Refuse, as every device does."""
        raise TypeError(
            f"can't convert {_DEVICE} device type tensor to numpy. Use Tensor.cpu() to copy the "
            "tensor to host memory first."
        )

    __array__: Any = numpy

    def _shown(self, **_: object) -> str:
        return f"{self.raw!r}"[:-1] + f", device='{_DEVICE}')"

    __repr__: Any = _shown

    def __format__(self, form: str) -> str:
        return format(self.item() if self.dim() == 0 else self.raw, form)

    def __reduce_ex__(self, _: object) -> Any:
        raise NotSimulatedError("saving a tensor of a device")


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
    rest.fallback(_run, "PrivateUse1")
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
    nothing = {"disable": lambda function, *_, **__: function, "graph_break": lambda: None}
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
    return lambda *args, **kwargs: _run(op, *args, **kwargs)


@cache
def _known(op: Any) -> tuple[str, Any]:
    """Return the name of an operation, and its schema if it writes to an argument."""
    schema = op._schema
    return schema.name.removeprefix("aten::"), schema if schema.is_mutable else None


def _run(op: Any, *args: Any, **kwargs: Any) -> Any:
    """Run one operation on the tensors of the CPU."""
    name, writing = _known(op)
    near: list[torch.Tensor] = []
    far: list[torch.Tensor] = []
    raw = [_raw(value, near, far) for value in args]
    named = {key: _raw(value, near, far) for key, value in kwargs.items()}
    if near and far and refuses(op, name, args, far):
        raise RuntimeError(f"{_SAME.format(_DEVICE)} ({name})")
    check_places(name, args)
    place = kwargs.get("device")
    stays = bool(near) if place is None else torch.device(place).type == NAME
    named.pop("pin_memory", None)
    result = _INSTEAD.get(name, op)(*raw, **named)
    if writing is not None:
        if torch.Tag.inplace_view in op.tags:  # the wrapper has a shape of its own
            with torch._C._DisableTorchDispatch():
                op(*args, **kwargs)
        return _written(writing, args, kwargs, result)
    if not stays:
        return result
    if name in ON_CPU:
        last = ON_CPU[name]
        return (*map(_here, result[:last]), *result[last:])
    return _here(result)


def _raw(value: Any, near: list[torch.Tensor], far: list[torch.Tensor]) -> Any:
    """Return what stands for an argument on the CPU; collect the tensors of device and CPU."""
    if isinstance(value, Simulated):
        near.append(value)
        return value.raw
    if isinstance(value, torch.Tensor):
        far.append(value)
    elif isinstance(value, (list, tuple)):
        return [_raw(part, near, far) for part in value]
    elif isinstance(value, torch.device) and value.type == NAME:
        return torch.device("cpu")
    return value


def _here(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value if isinstance(value, Simulated) else _wrapped(value)
    if isinstance(value, (list, tuple)):
        return type(value)(_here(part) for part in value)
    return value


def _wrapped(raw: torch.Tensor) -> Simulated:
    if not torch.is_inference_mode_enabled():
        return Simulated(raw)
    # In inference mode, a view of a tensor from outside is none of its tensors.
    with torch.inference_mode(raw.is_inference()):
        return Simulated(raw)


def _written(schema: Any, args: Any, kwargs: Any, result: Any) -> Any:
    """Return what an operation that writes returns: the tensors it wrote to, and new ones."""
    places = {
        frozenset(side.alias_info.before_set): kwargs.get(side.name, args[min(n, len(args) - 1)])
        for n, side in enumerate(schema.arguments)
        if side.alias_info is not None and side.alias_info.is_write
    }
    for place in places.values():
        if isinstance(place, Simulated) and place.shape != place.raw.shape:
            raise NotSimulatedError(f"{schema.name}, which changes a shape in place")
    results = result if isinstance(result, tuple) else (result,)
    found = [
        _here(new) if side.alias_info is None else places[frozenset(side.alias_info.before_set)]
        for side, new in zip(schema.returns, results, strict=False)
    ]
    return None if not found else found[0] if len(found) == 1 else tuple(found)
