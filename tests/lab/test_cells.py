"""The fused cells give what torch's own cells give, backwards too."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from prep.lab import cells  # noqa: E402 - needs torch

BATCH, HIDDEN = 3, 5


def gates(count):
    torch.manual_seed(1)
    return [
        torch.randn(BATCH, count * HIDDEN, dtype=torch.float64, requires_grad=True) for _ in "ab"
    ]


def of_torch(kind, parts, state):
    """Run torch's cell on gates: its weights pass them through unchanged."""
    cell = kind(parts[0].shape[1], HIDDEN, bias=False).double()
    with torch.no_grad():
        cell.weight_ih.copy_(torch.eye(parts[0].shape[1]))
        cell.weight_hh.zero_()
    return cell(parts[0] + parts[1], state)


def test_lstm_is_torchs_lstm():
    inputs, states = gates(4)
    h, c = torch.randn(2, BATCH, HIDDEN, dtype=torch.float64)
    state, cell = of_torch(torch.nn.LSTMCell, (inputs, states), (h, c))
    found = cells.lstm(inputs, states, c)
    torch.testing.assert_close(found[:2], (state, cell))


def test_lstm_backward_is_what_autograd_finds():
    inputs, states = gates(4)
    cell = torch.randn(BATCH, HIDDEN, dtype=torch.float64, requires_grad=True)
    bias = torch.randn(4 * HIDDEN, dtype=torch.float64, requires_grad=True)
    state, new, workspace = cells.lstm(inputs, states, cell, bias, torch.zeros_like(bias))
    by_state, by_cell = torch.randn(2, BATCH, HIDDEN, dtype=torch.float64)
    expected = torch.autograd.grad((state, new), (inputs, cell, bias), (by_state, by_cell))
    with torch.no_grad():
        found = cells.lstm_backward(by_state, by_cell, cell, new, workspace, True)
    torch.testing.assert_close(found, expected)


def test_gru_is_torchs_gru():
    inputs, _ = gates(3)
    h = torch.randn(BATCH, HIDDEN, dtype=torch.float64)
    expected = of_torch(torch.nn.GRUCell, (inputs, torch.zeros_like(inputs)), h)
    found, _ = cells.gru(inputs, torch.zeros_like(inputs), h)
    torch.testing.assert_close(found, expected)


def test_gru_backward_is_what_autograd_finds():
    inputs, states = gates(3)
    h = torch.randn(BATCH, HIDDEN, dtype=torch.float64, requires_grad=True)
    one, two = torch.randn(2, 3 * HIDDEN, dtype=torch.float64).requires_grad_().unbind()
    state, workspace = cells.gru(inputs, states, h, one, two)
    grad = torch.randn(BATCH, HIDDEN, dtype=torch.float64)
    expected = torch.autograd.grad(state, (inputs, states, h, one, two), grad)
    with torch.no_grad():
        found = cells.gru_backward(grad, workspace, True)
    torch.testing.assert_close(found, expected)
