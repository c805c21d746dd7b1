"""Fused cells of LSTM and GRU, as torch asks a device for them: formulas on plain tensors.

Gates come as products of input and state with the weights, (batch, gates · hidden). What a backward
pass needs is kept in a workspace.
"""

from __future__ import annotations

import torch
from torch import Tensor


def lstm(
    inputs: Tensor,
    states: Tensor,
    cell: Tensor,
    input_bias: Tensor | None = None,
    state_bias: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the new state and cell, (batch, hidden), and the workspace: i, f, g, o."""
    i, f, g, o = (_with(inputs, input_bias) + _with(states, state_bias)).chunk(4, dim=1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    new = f * cell + i * g
    return o * new.tanh(), new, torch.cat([i, f, g, o], dim=1)


def lstm_backward(
    grad_state: Tensor | None,
    grad_cell: Tensor | None,
    cell: Tensor,
    new: Tensor,
    workspace: Tensor,
    has_bias: bool,  # noqa: FBT001
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Return the gradients of the gates, the cell and the bias."""
    i, f, g, o = workspace.chunk(4, dim=1)
    squashed = new.tanh()
    by_state = torch.zeros_like(new) if grad_state is None else grad_state
    by_cell = by_state * o * (1 - squashed**2)
    if grad_cell is not None:
        by_cell = by_cell + grad_cell
    gates = (
        by_cell * g * i * (1 - i),
        by_cell * cell * f * (1 - f),
        by_cell * i * (1 - g**2),
        by_state * squashed * o * (1 - o),
    )
    grad = torch.cat(gates, dim=1)
    return grad, by_cell * f, grad.sum(0) if has_bias else None


def gru(
    inputs: Tensor,
    states: Tensor,
    state: Tensor,
    input_bias: Tensor | None = None,
    state_bias: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Return the new state, (batch, hidden), and the workspace: r, z, n, state, its part of n."""
    input_r, input_z, input_n = _with(inputs, input_bias).chunk(3, dim=1)
    state_r, state_z, state_n = _with(states, state_bias).chunk(3, dim=1)
    r, z = (input_r + state_r).sigmoid(), (input_z + state_z).sigmoid()
    n = (input_n + r * state_n).tanh()
    return n + z * (state - n), torch.cat([r, z, n, state, state_n], dim=1)


def gru_backward(
    grad: Tensor,
    workspace: Tensor,
    has_bias: bool,  # noqa: FBT001
) -> tuple[Tensor, Tensor, Tensor, Tensor | None, Tensor | None]:
    """Return the gradients of the input's and the state's gates, the state, and both biases."""
    r, z, n, state, state_n = workspace.chunk(5, dim=1)
    by_n = grad * (1 - z) * (1 - n**2)
    by_r = by_n * state_n * r * (1 - r)
    by_z = grad * (state - n) * z * (1 - z)
    inputs = torch.cat([by_r, by_z, by_n], dim=1)
    states = torch.cat([by_r, by_z, by_n * r], dim=1)
    biases = (inputs.sum(0), states.sum(0)) if has_bias else (None, None)
    return inputs, states, grad * z, *biases


def _with(gates: Tensor, bias: Tensor | None) -> Tensor:
    return gates if bias is None else gates + bias


CELLS = {
    "_thnn_fused_lstm_cell": lstm,
    "_thnn_fused_lstm_cell_backward_impl": lstm_backward,
    "_thnn_fused_gru_cell": gru,
    "_thnn_fused_gru_cell_backward": gru_backward,
}
