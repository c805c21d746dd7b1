"""A faster head, batches in a new order each epoch, [CLS] and the mean side by side."""

import random

import numpy as np
import torch
from torch import nn


def encode(tokenizer, texts, max_length):
    found = tokenizer(texts, truncation=True, max_length=max_length)
    batch = tokenizer.pad(found, return_tensors="pt")
    return dict(batch)


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout=0.1):
        super().__init__()
        self.encoder, self.drop = encoder, nn.Dropout(p=dropout)
        self.classify = nn.Linear(2 * encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        real = attention_mask.bool()[..., None]  # (batch, time, 1)
        mean = hidden.masked_fill(~real, 0).sum(1) / real.sum(1)
        both = torch.cat([hidden[:, 0, :], mean], dim=1)  # (batch, 2 * hidden)
        return self.classify(self.drop(both))


def class_weights(labels, classes):
    counts = np.bincount(labels.numpy(), minlength=classes)
    with np.errstate(divide="ignore"):
        weights = np.where(counts, counts.sum() / (classes * counts), 0.0)
    return torch.from_numpy(weights).float()


def fine_tune(model, batches, epochs, lr, weights=None):
    device = next(model.parameters()).device
    head = list(model.classify.parameters())
    optimizers = [
        torch.optim.AdamW(model.encoder.parameters(), lr=lr),
        torch.optim.AdamW(head, lr=2 * lr),
    ]
    lossy = nn.CrossEntropyLoss(weight=weights.to(device) if weights is not None else None)
    model.train(mode=True)
    result = []
    order = list(range(len(batches)))
    for _ in range(epochs):
        random.shuffle(order)
        seen = []
        for place in order:
            inputs, labels = batches[place]
            for optimizer in optimizers:
                optimizer.zero_grad()
            out = model(inputs["input_ids"].to(device), inputs["attention_mask"].to(device))
            loss = lossy(out, labels.to(device))
            loss.backward()
            for optimizer in optimizers:
                optimizer.step()
            seen.append(float(loss))
        result.append(sum(seen) / len(seen))
    return result


def predict(model, batches):
    model.eval()
    device = next(model.parameters()).device
    found = []
    for inputs in batches:
        with torch.no_grad():
            found.append(model(inputs["input_ids"].to(device), inputs["attention_mask"].to(device)))
    logits = torch.vstack(found).cpu().double()
    powers = (logits - logits.max(dim=1, keepdim=True).values).exp()
    return powers / powers.sum(dim=1, keepdim=True)
