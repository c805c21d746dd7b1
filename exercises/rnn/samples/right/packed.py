"""The classifier packs its sequences for nn.RNN; only the step is written by hand."""

import torch
from torch import nn
from torch.nn import functional as F


def rnn_step(x, h, w_in, w_rec, bias):
    return torch.tanh(F.linear(x, w_in, bias) + F.linear(h, w_rec))


class RNNClassifier(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_classes, bidirectional=False):
        super().__init__()
        self.rnn = nn.RNN(n_inputs, n_hidden, batch_first=True, bidirectional=bidirectional)
        self.head = nn.Linear(n_hidden * (1 + bidirectional), n_classes)

    def forward(self, x, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(
            x, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        _, last = self.rnn(packed)  # (directions, batch, hidden)
        return self.head(torch.cat(tuple(last), dim=-1))


def train_step(model, optimizer, x, lengths, y, max_norm=1.0):
    model.train()
    loss = nn.CrossEntropyLoss()(model(x, lengths), y)
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(list(model.parameters()), max_norm, error_if_nonfinite=True)
    optimizer.step()
    return float(loss)
