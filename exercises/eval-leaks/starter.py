"""From rows to a score, with eight bugs. See task.en.md or task.zh.md."""

import copy
import math

import numpy as np
import torch
from torch.nn import functional


def split(groups, test_share, seed):
    """groups: (n,) ints. Return the indices of training and test, ascending."""
    names = np.arange(len(groups))
    chosen = np.random.default_rng(seed).permutation(names)[: round(test_share * len(names))]
    in_test = np.isin(names, chosen)
    return np.flatnonzero(~in_test), np.flatnonzero(in_test)


def scale(x, train):
    """x: (n, features), train: indices. Return all rows, scaled by the training rows."""
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    return (x - mean) / np.where(deviation > 0, deviation, 1.0)


class Loader:
    """Batches (x, y) of tensors; with `shuffle` each pass has a new random order."""

    def __init__(self, x, y, batch_size, shuffle=False, seed=0):
        self.x, self.y = x, y
        self.batch_size, self.shuffle = batch_size, shuffle
        self.generator = torch.Generator().manual_seed(seed)

    def __iter__(self):
        order = torch.arange(len(self.y))
        if self.shuffle:
            blocks = order.split(self.batch_size)
            places = torch.randperm(len(blocks), generator=self.generator)
            order = torch.cat([blocks[place] for place in places])
        for rows in order.split(self.batch_size):
            yield self.x[rows], self.y[rows]


def evaluate(model, batches):
    """Return mean cross-entropy and accuracy over all rows, two floats."""
    was_training = model.training
    losses, hits = [], []
    for x, y in batches:
        logits = model(x)  # (batch, classes)
        losses.append(functional.cross_entropy(logits, y).reshape(1))
        hits.append(logits.argmax(dim=1) == y)
    model.train(was_training)
    return torch.cat(losses).mean().item(), torch.cat(hits).float().mean().item()


class Best:
    """Keeps the number and the weights of the best epoch: `epoch`, `state`."""

    def __init__(self):
        self.epoch, self.state = 0, None
        self.loss = math.inf

    def see(self, epoch, model, losses):
        """losses: {"train": …, "valid": …, "test": …} after this epoch."""
        loss = losses["test"]
        if loss < self.loss:
            self.epoch, self.loss = epoch, loss
            self.state = copy.copy(model.state_dict())
