"""Packs the sequences and takes h_n; splits with numpy; evaluates all logits at once."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence


def split(data, test_share, seed=0):
    order = np.random.default_rng(seed).permutation(len(data))
    n_test = round(test_share * len(data))
    chosen = set(order[:n_test].tolist())
    train = [each for i, each in enumerate(data) if i not in chosen]
    return train, [data[i] for i in sorted(chosen)]


def collate(batch):
    sequences, labels = zip(*batch, strict=True)
    lengths = torch.tensor([s.shape[0] for s in sequences])
    return pad_sequence(list(sequences), batch_first=True), lengths, torch.tensor(labels)


class Classifier(nn.Module):
    def __init__(self, n_inputs, n_hidden, n_classes, dropout=0.3):
        super().__init__()
        self.rnn = nn.GRU(n_inputs, n_hidden, batch_first=True)
        self.out = nn.Sequential(nn.Dropout(dropout), nn.Linear(n_hidden, n_classes))

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
        _, last = self.rnn(packed)
        return self.out(last[-1])


def train_step(model, batch, optimizer, max_norm=1.0):
    x, lengths, y = batch
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(model.train()(x, lengths), y)
    loss.backward()
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    norm = torch.stack([g.norm() for g in gradients]).norm()
    for gradient in gradients:
        gradient.mul_(min(1.0, max_norm / norm.item()))
    optimizer.step()
    return loss.item()


def evaluate(model, batches):
    model.eval()
    with torch.inference_mode():
        logits = torch.cat([model(x, lengths) for x, lengths, _ in batches])
    y = torch.cat([y for _, _, y in batches])
    return F.cross_entropy(logits, y).item(), float(np.mean((logits.argmax(1) == y).numpy()))


def report(model, train, test, n_classes):
    told = {}
    for name, part in (("train", train), ("test", test)):
        told[f"{name}_loss"], told[f"{name}_accuracy"] = evaluate(model, part)
    told["chance_loss"] = -math.log(1 / n_classes)
    told["learned"] = told["test_loss"] < told["chance_loss"]
    return told
