"""Draws another split in each call.

fails: test_parts_have_nothing_in_common
"""

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence


def split(data, test_share, seed=0):
    """Share a list out at random: (what to train on, what to test on)."""
    order = torch.randperm(len(data)).tolist()
    n_test = round(test_share * len(data))
    train, test = order[n_test:], order[:n_test]
    return [data[i] for i in train], [data[i] for i in test]


def collate(batch):
    """[(sequence, class), …] → x (batch, time, inputs), lengths (batch,), y (batch,)."""
    sequences = [sequence for sequence, _ in batch]
    y = torch.tensor([label for _, label in batch])
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    return pad_sequence(sequences, batch_first=True), lengths, y


def last_states(states, lengths):
    """(batch, time, hidden), (batch,) → the state at the end of each row, (batch, hidden)."""
    rows = torch.arange(len(states), device=states.device)
    return states[rows, lengths - 1]


class Classifier(nn.Module):
    """Reads sequences with a GRU: x (batch, time, inputs), lengths (batch,) → logits."""

    def __init__(self, n_inputs, n_hidden, n_classes, dropout=0.3):
        super().__init__()
        self.rnn = nn.GRU(n_inputs, n_hidden, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(n_hidden, n_classes)

    def forward(self, x, lengths):
        """Return logits, (batch, classes)."""
        states, _ = self.rnn(x)  # (batch, time, hidden)
        last = last_states(states, lengths)
        return self.head(self.dropout(last))


def train_step(model, batch, optimizer, max_norm=1.0):
    """Take one step on (x, lengths, y); return the mean loss before it."""
    model.train()
    x, lengths, y = batch
    loss = F.cross_entropy(model(x, lengths), y)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return loss.item()


@torch.no_grad()
def evaluate(model, batches):
    """Return the mean loss of a sequence, and the accuracy."""
    model.eval()
    total, right, seen = 0.0, 0, 0
    for x, lengths, y in batches:
        logits = model(x, lengths)
        total += F.cross_entropy(logits, y, reduction="sum").item()
        right += (logits.argmax(dim=1) == y).sum().item()
        seen += len(y)
    return total / seen, right / seen


def report(model, train, test, n_classes):
    """Say how the model does on both parts, and whether it beats guessing."""
    train_loss, train_accuracy = evaluate(model, train)
    test_loss, test_accuracy = evaluate(model, test)
    chance = math.log(n_classes)
    return {
        "train_loss": train_loss,
        "train_accuracy": train_accuracy,
        "test_loss": test_loss,
        "test_accuracy": test_accuracy,
        "chance_loss": chance,
        "learned": test_loss < chance,
    }
