"""Collects all states and picks each row's own; reverses each row within its length."""

import torch
from torch import nn
from torch.nn import functional as F


def rnn_step(x, h, w_in, w_rec, bias):
    both = torch.cat([x, h], dim=1) @ torch.cat([w_in, w_rec], dim=1).t()
    return (both + bias).tanh()


class RNNClassifier(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_classes, bidirectional=False):
        super().__init__()
        directions = 2 if bidirectional else 1
        self.hidden = n_hidden
        self.w_in = nn.ParameterList(
            nn.Linear(n_inputs, n_hidden).weight for _ in range(directions)
        )
        self.w_rec = nn.ParameterList(
            nn.init.orthogonal_(nn.Parameter(torch.empty(n_hidden, n_hidden)))
            for _ in range(directions)
        )
        self.bias = nn.ParameterList(nn.Parameter(torch.zeros(n_hidden)) for _ in range(directions))
        self.out = nn.Linear(directions * n_hidden, n_classes)

    def states(self, x, number):
        h, every = torch.zeros(x.size(0), self.hidden, device=x.device, dtype=x.dtype), []
        for column in x.unbind(dim=1):
            h = rnn_step(column, h, self.w_in[number], self.w_rec[number], self.bias[number])
            every.append(h)
        return torch.stack(every, dim=1)  # (batch, time, hidden)

    def forward(self, x, lengths):
        rows = torch.arange(x.size(0))  # an index may stay on the CPU
        time = torch.arange(x.size(1), device=x.device)
        ends = [self.states(x, 0)[rows, lengths - 1]]
        if len(self.w_in) > 1:
            index = (lengths[:, None] - 1 - time) % x.size(1)  # each row from its end
            turned = x.gather(1, index[:, :, None].expand_as(x))
            ends.append(self.states(turned, 1)[rows, lengths - 1])
        return self.out(torch.cat(ends, dim=1))


def train_step(model, optimizer, x, lengths, y, max_norm=1.0):
    for parameter in model.parameters():
        parameter.grad = None
    loss = -F.log_softmax(model(x, lengths), dim=1)[torch.arange(len(y)), y].mean()
    loss.backward()
    norm = torch.sqrt(sum(p.grad.square().sum() for p in model.parameters()))
    scale = (max_norm / (norm + 1e-6)).clamp(max=1.0)
    for parameter in model.parameters():
        parameter.grad *= scale
    optimizer.step()
    return loss.item()
