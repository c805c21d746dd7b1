"""Arrays of the libraries that are loaded here, as bytes and back."""

from __future__ import annotations

import sys
from typing import Any

from prep.wire.values import ITEM_SIZES, MAX_BLOCK, Foreign, RawArray, WireError

# Apple's devices have no wider numbers.
_ON_MPS = {"float64": "float32", "complex128": "complex64"}


def to_array(value: Any) -> RawArray | Foreign | None:  # noqa: ANN401
    """Return `value` as bytes when it is an array of a library that is loaded."""
    for known in (_from_numpy, _from_torch, _from_tensorflow):
        array = known(value)
        if array is not None:
            return array
    return None


def from_array(raw: RawArray, device: str = "cpu") -> Any:  # noqa: ANN401
    """Return an array of the library that `raw` names, numpy's when that is not loaded.

    Tensors of torch are on `device`, tensorflow's where it puts them by itself.
    """
    import numpy as np  # noqa: PLC0415 - every library of this room is loaded late

    torch = sys.modules.get("torch")
    if raw.kind == "torch" and torch is not None:
        return _to_torch(torch, raw, device)
    if raw.dtype == "bfloat16":
        raise WireError("bfloat16 needs torch")
    array = np.frombuffer(bytearray(raw.data), raw.dtype).reshape(raw.shape)
    tensorflow = sys.modules.get("tensorflow")
    if raw.kind == "tensorflow" and tensorflow is not None:
        return tensorflow.constant(array)
    return array[()] if raw.kind == "scalar" else array


def _from_numpy(value: Any) -> RawArray | Foreign | None:  # noqa: ANN401
    np = sys.modules.get("numpy")
    if np is None or type(value).__module__ != "numpy":
        return None
    scalar = isinstance(value, np.generic)
    if not scalar and type(value) is not np.ndarray:
        return None
    dtype = str(value.dtype.newbyteorder("=") if scalar else value.dtype)
    if dtype not in ITEM_SIZES or value.nbytes > MAX_BLOCK:
        return Foreign(f"numpy array of {dtype}, {value.nbytes >> 20} MiB")
    return RawArray("scalar" if scalar else "numpy", dtype, value.shape, value.tobytes())


def _from_torch(value: Any) -> RawArray | Foreign | None:  # noqa: ANN401
    torch = sys.modules.get("torch")
    if torch is None or type(value) not in _torch_types(torch):
        return None
    dtype = str(value.dtype).removeprefix("torch.")
    if value.layout is not torch.strided or dtype not in ITEM_SIZES or value.is_meta:
        return Foreign(f"torch tensor of {dtype}, {value.layout}, on {value.device.type}")
    if value.numel() * value.element_size() > MAX_BLOCK:
        return Foreign(f"torch tensor of shape {tuple(value.shape)}")
    plain = value.detach().resolve_conj().resolve_neg().cpu().contiguous()
    data = plain.reshape(-1).view(torch.uint8).numpy().tobytes() if value.numel() else b""
    shape = tuple(value.shape)
    return RawArray("torch", dtype, shape, data, value.device.type, value.requires_grad)


def _from_tensorflow(value: Any) -> RawArray | Foreign | None:  # noqa: ANN401
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None or not isinstance(value, tensorflow.Tensor | tensorflow.Variable):
        return None
    if not hasattr(value, "numpy"):
        return Foreign("symbolic tensor of tensorflow")
    array = value.numpy()
    dtype = str(array.dtype)
    if dtype not in ITEM_SIZES or array.nbytes > MAX_BLOCK:
        return Foreign(f"tensor of {dtype}")
    return RawArray("tensorflow", dtype, array.shape, array.tobytes())


def _torch_types(torch: Any) -> set[object]:  # noqa: ANN401
    simulated: Any = sys.modules.get("prep.lab.simulated")
    more = set() if simulated is None else {simulated.Simulated}
    return {torch.Tensor, torch.nn.Parameter} | more


def _to_torch(torch: Any, raw: RawArray, device: str) -> Any:  # noqa: ANN401
    dtype = getattr(torch, raw.dtype)
    if raw.data:
        tensor = torch.frombuffer(bytearray(raw.data), dtype=dtype).reshape(raw.shape)
    else:
        tensor = torch.empty(raw.shape, dtype=dtype)
    if device != "cpu":
        narrow = _ON_MPS.get(raw.dtype) if device == "mps" else None
        tensor = tensor.to(device, getattr(torch, narrow) if narrow else dtype)
    return tensor.requires_grad_() if raw.requires_grad else tensor
