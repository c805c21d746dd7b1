"""Runs an LSTM cell over the steps and keeps the state of rows that have ended; pads by hand."""

import random

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def split(data, test_share, seed=0):
    mixed = list(data)
    random.Random(seed).shuffle(mixed)
    n_test = round(test_share * len(mixed))
    return mixed[: len(mixed) - n_test], mixed[len(mixed) - n_test :]


def collate(batch):
    longest = max(len(sequence) for sequence, _ in batch)
    x = torch.zeros(len(batch), longest, batch[0][0].shape[1])
    for row, (sequence, _) in enumerate(batch):
        x[row, : len(sequence)] = sequence
    lengths = torch.LongTensor([len(sequence) for sequence, _ in batch])
    return x, lengths, torch.LongTensor([label for _, label in batch])


class Classifier(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_classes, dropout=0.3):
        super().__init__()
        self.cell = nn.LSTMCell(n_inputs, n_hidden)
        self.head = nn.Linear(n_hidden, n_classes)
        self.share = dropout

    def forward(self, x, lengths):
        h = c = x.new_zeros(len(x), self.cell.hidden_size)
        for step in range(x.shape[1]):
            there = (step < lengths).unsqueeze(1)
            new_h, new_c = self.cell(x[:, step], (h, c))
            h, c = torch.where(there, new_h, h), torch.where(there, new_c, c)
        return self.head(F.dropout(h, self.share, training=self.training))


def train_step(model, batch, optimizer, max_norm=1.0):
    model.train()
    x, lengths, y = batch
    loss = -F.log_softmax(model(x, lengths), dim=1)[torch.arange(len(y)), y].mean()
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(list(model.parameters()), max_norm)
    optimizer.step()
    return loss.detach().numpy()


@torch.no_grad()
def evaluate(model, batches):
    was_training = model.training
    model.train(False)
    losses, hits = [], []
    for x, lengths, y in batches:
        logits = model(x, lengths).double()
        losses += F.cross_entropy(logits, y, reduction="none").tolist()
        hits += (logits.argmax(-1) == y).tolist()
    model.train(was_training)
    return np.mean(losses), np.mean(hits)


def report(model, train, test, n_classes):
    (train_loss, train_hits), (test_loss, test_hits) = (evaluate(model, p) for p in (train, test))
    told = {"train_loss": train_loss, "train_accuracy": train_hits}
    told |= {"test_loss": test_loss, "test_accuracy": test_hits}
    chance = F.cross_entropy(torch.zeros(1, n_classes), torch.tensor([0])).item()
    return {**told, "chance_loss": chance, "learned": bool(test_loss < chance)}
