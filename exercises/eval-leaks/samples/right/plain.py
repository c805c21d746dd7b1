"""Lists, a numpy generator, log-sum-exp by hand, weights saved into a buffer."""

import io
import math
import random

import numpy as np
import torch


def split(groups, test_share, seed):
    names = sorted({int(group) for group in groups})
    random.Random(seed).shuffle(names)
    chosen = set(names[: round(test_share * len(names))])
    train = [i for i, group in enumerate(groups) if int(group) not in chosen]
    test = [i for i, group in enumerate(groups) if int(group) in chosen]
    return train, test


def scale(x, train):
    columns = []
    for column in x.T:
        known = [float(column[i]) for i in train]
        mean = sum(known) / len(known)
        deviation = math.sqrt(sum((value - mean) ** 2 for value in known) / len(known))
        columns.append((column - mean) / (deviation if deviation > 1e-12 else 1))
    return np.stack(columns, axis=1)


class Loader:
    def __init__(self, x, y, batch_size, shuffle=False, seed=0):
        self.rows = list(zip(x, y))
        self.size, self.shuffle = batch_size, shuffle
        self.random = np.random.default_rng(seed)

    def __iter__(self):
        rows = list(self.rows)
        if self.shuffle:
            rows = [rows[i] for i in self.random.permutation(len(rows))]
        while rows:
            batch, rows = rows[: self.size], rows[self.size :]
            yield torch.stack([x for x, _ in batch]), torch.stack([y for _, y in batch])


def evaluate(model, batches):
    before, losses, hits = model.training, [], []
    model.eval()
    for x, y in batches:
        with torch.no_grad():
            logits = model(x).double()
        for row, label in zip(logits, y):
            losses.append(float(torch.logsumexp(row, 0) - row[label]))
            hits.append(float(row.argmax() == label))
    if before:
        model.train()
    return sum(losses) / len(losses), sum(hits) / len(hits)


class Best:
    def __init__(self):
        self.epoch, self.history = 0, []
        self.state = None

    def see(self, epoch, model, losses):
        self.history.append(float(losses["valid"]))
        if self.history.index(min(self.history)) + 1 != len(self.history):
            return
        kept = io.BytesIO()
        torch.save(model.state_dict(), kept)
        kept.seek(0)
        self.epoch, self.state = epoch, torch.load(kept, weights_only=True)
