"""Puts a sigmoid behind the head, as for texts with several labels.

fails: test_logits_are_raw_scores_of_classes
"""

import torch
import torch.nn.functional as F
from torch import nn


def encode(tokenizer, texts, max_length):
    """Return input_ids and attention_mask, both (batch, time), as wide as the longest text."""
    batch = tokenizer(
        texts, padding="longest", truncation=True, max_length=max_length, return_tensors="pt"
    )
    return {"input_ids": batch["input_ids"], "attention_mask": batch["attention_mask"]}


class Classifier(nn.Module):
    """An encoder with a linear head on the state of [CLS]."""

    def __init__(self, encoder, classes, dropout=0.1):
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, input_ids, attention_mask):
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        first = states[:, 0]  # (batch, time, hidden) -> (batch, hidden)
        return torch.sigmoid(self.head(self.dropout(first)))


def class_weights(labels, classes):
    """Return n / (classes × count) for each class, and 0 for one that does not occur."""
    counts = torch.bincount(labels, minlength=classes)  # (classes,)
    weights = len(labels) / (classes * counts)  # inf where nothing is counted
    return torch.where(counts > 0, weights, 0.0)


def fine_tune(model, batches, epochs, lr, weights=None):
    """Train every parameter; return the mean loss of each epoch."""
    device = next(model.parameters()).device
    weights = None if weights is None else weights.to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    model.train()  # from_pretrained returns an encoder in evaluation mode
    means = []
    for _ in range(epochs):
        total = 0.0
        for inputs, labels in batches:
            inputs = {name: value.to(device) for name, value in inputs.items()}
            loss = F.cross_entropy(model(**inputs), labels.to(device), weight=weights)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        means.append(total / len(batches))
    return means


@torch.no_grad()
def predict(model, batches):
    """Return the probabilities of all texts, (texts, classes), in their order."""
    device = next(model.parameters()).device
    model.eval()
    parts = []
    for inputs in batches:
        inputs = {name: value.to(device) for name, value in inputs.items()}
        parts.append(model(**inputs).softmax(dim=1).cpu())
    return torch.cat(parts)
