"""Reads the last position, which is padding.

fails: test_one_logit_for_each_class
"""

import torch
from torch import nn

PAD, UNK, CLS, SEP = 0, 1, 2, 3  # in every vocabulary


def encode(texts, vocabulary, max_length):
    """Return input_ids and attention_mask, both (texts, time), as wide as the longest text."""
    ids = [[vocabulary.get(word, UNK) for word in text.lower().split()] for text in texts]
    width = min(max_length, max(len(row) for row in ids) + 2)
    rows = [[CLS, *row[: width - 2], SEP] for row in ids]
    input_ids = torch.tensor([row + [PAD] * (width - len(row)) for row in rows])
    return {"input_ids": input_ids, "attention_mask": (input_ids != PAD).long()}


class Classifier(nn.Module):
    """Gives logits, (batch, n_classes), from the state of [CLS]."""

    def __init__(self, encoder, n_classes):
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(encoder.config.hidden_size, n_classes)

    def forward(self, input_ids, attention_mask):
        outputs = self.encoder(
            input_ids=input_ids,
            attention_mask=attention_mask,
        )
        first = outputs.last_hidden_state[:, -1]  # (batch, hidden)
        return self.head(first)


@torch.no_grad()
def predict(model, texts, vocabulary, label_ids, max_length=64, batch_size=16):
    """Return (name, probability) of the most likely class of each text."""
    model.eval()
    device = next(model.parameters()).device
    names = sorted(label_ids, key=label_ids.get)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i].split()))  # alike: less padding
    found = [None] * len(texts)
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        inputs = encode([texts[i] for i in chosen], vocabulary, max_length)
        logits = model(**{name: value.to(device) for name, value in inputs.items()})
        shares = logits.softmax(dim=1)
        top, places = shares.max(dim=1)
        for i, share, place in zip(chosen, top.tolist(), places.tolist(), strict=True):
            found[i] = (names[place], share)
    return found
