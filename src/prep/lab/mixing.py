"""Which operations of torch refuse tensors of two devices, as they do on CUDA.

CUDA's kernels are not here to be asked. That they refuse follows from torch's own table of
operators: a kernel for CUDA without `device_check: NoCheck` compares the devices of all its tensors
before it runs; pointwise ones leave that to TensorIterator, which lets a scalar of the CPU pass.
tests/lab/test_mixing.py reads that table and compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

# These compare the devices of all their tensors.
CHECKED = frozenset({
    "_adaptive_avg_pool2d_backward", "_cdist_forward", "_embedding_bag",
    "_log_softmax_backward_data", "_native_batch_norm_legit", "_softmax_backward_data",
    "_thnn_fused_gru_cell", "_thnn_fused_lstm_cell", "addbmm", "addmm", "addmv", "baddbmm", "bmm",
    "bucketize", "cat", "dot", "embedding_dense_backward", "equal", "gather", "huber_loss",
    "index_add", "index_copy", "index_select", "linalg_cross", "masked_scatter_", "masked_select",
    "mm", "multi_margin_loss", "native_batch_norm", "native_group_norm", "native_layer_norm",
    "nll_loss2d_forward", "nll_loss_forward", "put_", "scatter", "scatter_add", "scatter_reduce",
    "searchsorted", "take", "vdot",
})  # fmt: skip
# These end in one of those, or in one that CUDA has under another name.
COMPOSED = {
    "_scaled_dot_product_flash_attention_for_cpu": "_scaled_dot_product_efficient_attention",
    "convolution": "cudnn_convolution",
    "embedding": "index_select",
    "masked_scatter": "masked_scatter_",
    "mv": "addmv",
    "put": "put_",
    "stack": "cat",
}
# These are not called pointwise, but work with TensorIterator too, or with operations that do.
ITERATED = frozenset({
    "allclose", "binary_cross_entropy", "binary_cross_entropy_with_logits", "masked_fill",
    "mse_loss", "smooth_l1_loss",
})  # fmt: skip
# CUDA takes tensors of the CPU here.
FREE = frozenset({
    "_fused_sdp_choice", "_has_compatible_shallow_copy_type", "_pack_padded_sequence", "_to_copy",
    "copy", "fill",
})  # fmt: skip
_INDEXED = frozenset({"index", "index_put", "_index_put_impl"})
# Results that CUDA, too, leaves on the CPU, from this place on: how many rows a packed step has.
ON_CPU = {"_pack_padded_sequence": 1}


class NotSimulatedError(RuntimeError):
    """What CUDA would do here is not known."""


def refuses(op: Any, name: str, args: Sequence[Any], far: Sequence[torch.Tensor]) -> bool:
    """Return whether CUDA refuses an operation some of whose tensors, `far`, are on the CPU.

    The others are on the device. Raises NotSimulatedError when nobody knows.
    """
    base = name.removesuffix("_")
    if base in FREE:
        return False
    if base in _INDEXED:
        return _index_refuses(*args[:3])
    if torch.Tag.pointwise in op.tags or base in ITERATED:
        # A scalar of the CPU is taken, but not as the place for the result.
        return any(tensor.dim() for tensor in far) or (name != base and args[0] is far[0])
    if base in CHECKED or name in CHECKED or base in COMPOSED:
        return True
    raise NotSimulatedError(f"{name} with tensors of two devices")


def check_places(name: str, args: Sequence[Any]) -> None:
    """Raise what CUDA raises for a tensor that must be on the CPU, and is not."""
    if name == "_pack_padded_sequence" and args[1].device.type != "cpu":
        device = args[1].device
        raise RuntimeError(
            "'lengths' argument should be a 1D CPU int64 tensor, "
            f"but got {args[1].dim()}D {device} Long tensor"
        )


def _index_refuses(indexed: Any, indices: Any, values: Any = None) -> bool:
    """Return the answer for x[indices]: they may be on the CPU, values only if they are scalars."""
    places = {str(index.device) for index in indices if index is not None}
    if not places <= {str(indexed.device), "cpu"}:
        return True
    return values is not None and values.device != indexed.device and values.dim() > 0
