"""Tensors of the simulated device, and how an operation runs on those of the CPU that they hold."""

from __future__ import annotations

from functools import cache
from typing import Any, Self

import torch

from prep.lab.cells import CELLS
from prep.lab.mixing import ON_CPU, NotSimulatedError, check_places, refuses

NAME = "sim"
_DEVICE = f"{NAME}:0"
_SAME = "Expected all tensors to be on the same device, but found at least two devices, {} and cpu!"
_INSTEAD: dict[str, Any] = {**CELLS, "_has_compatible_shallow_copy_type": lambda *_: False}


class Simulated(torch.Tensor):
    """A tensor of the device; `raw` is the one on the CPU."""

    raw: torch.Tensor
    # Torch's functions stay as they are; the operations below them are simulated.
    __torch_function__: Any = torch._C._disabled_torch_function_impl
    __torch_dispatch__: Any = classmethod(
        lambda _, op, __, args=(), kwargs=None: run(op, *args, **(kwargs or {}))
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


@cache
def _known(op: Any) -> tuple[str, Any]:
    """Return the name of an operation, and its schema if it writes to an argument."""
    schema = op._schema
    return schema.name.removeprefix("aten::"), schema if schema.is_mutable else None


def run(op: Any, *args: Any, **kwargs: Any) -> Any:
    """Run one operation on the tensors of the CPU; return tensors of the device."""
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
