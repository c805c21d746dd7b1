"""Models that write down how they were asked, and predictions of a plain one."""

import numpy as np
import torch
from torch import nn


class Diary(nn.Module):
    """A linear model with dropout: notes its mode and whether its answer has a graph."""

    def __init__(self, features, classes):
        super().__init__()
        self.linear = nn.Linear(features, classes)
        self.dropout = nn.Dropout(0.5)
        self.notes = []

    def forward(self, x):
        logits = self.linear(self.dropout(x))
        self.notes.append([self.dropout.training, logits.requires_grad])
        return logits


def diary(solution, x):
    """Return [in training mode, has a graph] for each call of the model."""
    model = Diary(x.shape[1], 3)
    model.train()
    solution.predict(model, x, batch_size=7)
    return model.notes


def probabilities(solution, x, weight, batch_size):
    """Return what predict makes of a linear model with this weight, (classes, features)."""
    model = nn.Linear(x.shape[1], len(weight), bias=False)
    with torch.no_grad():
        model.weight.copy_(torch.as_tensor(np.array(weight)))
    return solution.predict(model, x, batch_size=batch_size)
