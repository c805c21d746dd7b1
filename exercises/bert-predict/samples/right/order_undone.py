"""Sorts by length and undoes the order at the end; takes the first state from the tuple."""

import torch
from torch import nn

PAD, UNK, CLS, SEP = 0, 1, 2, 3


def encode(texts, vocabulary, max_length):
    rows = []
    for text in texts:
        numbers = [vocabulary.get(word, UNK) for word in text.lower().split()]
        rows.append([CLS, *numbers[: max_length - 2], SEP])
    shape = len(rows), max(map(len, rows))
    ids = torch.full(shape, PAD)
    mask = torch.zeros(shape, dtype=torch.long)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
        mask[place, : len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask}


class Classifier(nn.Module):
    def __init__(self, encoder, n_classes):
        super().__init__()
        self.encoder = encoder
        self.weight = nn.Parameter(torch.randn(encoder.config.hidden_size, n_classes) * 0.1)

    def forward(self, input_ids, attention_mask):
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask)[0]
        return states.select(1, 0) @ self.weight


@torch.inference_mode()
def predict(model, texts, vocabulary, label_ids, max_length=64, batch_size=16):
    model.eval()
    names = {place: name for name, place in label_ids.items()}
    lengths = torch.tensor([len(text.split()) for text in texts])
    order = lengths.argsort(descending=True)
    device = next(model.parameters()).device
    parts = []
    for chosen in order.split(batch_size):
        batch = encode([texts[i] for i in chosen], vocabulary, max_length)
        parts.append(model(**{key: value.to(device) for key, value in batch.items()}))
    logits = torch.cat(parts)[order.argsort()]
    log_shares = torch.log_softmax(logits.double(), dim=-1)
    best = log_shares.argmax(-1)
    return [
        (names[place], log_shares[row, place].exp().item())
        for row, place in enumerate(best.tolist())
    ]
