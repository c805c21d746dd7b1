"""Compares with infinity for ever, so that each epoch is the best.

fails: test_best_weights_come_back
"""

import copy
import math

import torch
from torch import nn


def to_model(batch, model):
    """Bring (x, y) to the model: both to its device, x to the dtype of its weights."""
    weight = next(model.parameters())
    x, y = batch
    return x.to(weight), y.to(weight.device)


def mean_loss(results):
    """[(mean loss of a batch, its size), …] → the mean loss of an example."""
    examples = sum(size for _, size in results)
    return sum(loss * size for loss, size in results) / examples


def train_step(model, batch, loss_fn, optimizer, max_norm):
    """Take one step on a batch; return its mean loss before the step, and its size."""
    x, y = to_model(batch, model)
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), len(y)


def train_epoch(model, batches, loss_fn, optimizer, scheduler, max_norm):
    """Train once over the batches; return mean loss and size of each, in a list."""
    model.train()
    results = []
    for batch in batches:
        results.append(train_step(model, batch, loss_fn, optimizer, max_norm))
        scheduler.step()
    return results


@torch.no_grad()
def validate(model, batches, loss_fn):
    """Return the mean loss of an example, and the accuracy."""
    model.eval()
    results, right = [], 0
    for batch in batches:
        x, y = to_model(batch, model)
        outputs = model(x)  # (batch, classes)
        results.append((loss_fn(outputs, y).item(), len(y)))
        right += (outputs.argmax(dim=1) == y).sum().item()
    return mean_loss(results), right / sum(size for _, size in results)


def fit(model, train, valid, loss_fn, optimizer, scheduler, epochs, max_norm=1.0):
    """Train, and leave the weights of the best epoch in the model.

    Return the history: for each epoch (training loss, validation loss, validation accuracy).
    """
    history, lowest, best = [], math.inf, model.state_dict()
    for _ in range(epochs):
        results = train_epoch(model, train, loss_fn, optimizer, scheduler, max_norm)
        train_loss = mean_loss(results)
        valid_loss, accuracy = validate(model, valid, loss_fn)
        history.append((train_loss, valid_loss, accuracy))
        if valid_loss < lowest:
            best = copy.deepcopy(model.state_dict())
    model.load_state_dict(best)
    return history
