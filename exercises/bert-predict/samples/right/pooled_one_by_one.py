"""Puts the head on the pooled vector, keeps the texts' order, and takes softmax by hand."""

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

PAD, UNK, CLS, SEP = 0, 1, 2, 3


def encode(texts, vocabulary, max_length):
    rows = []
    for text in texts:
        words = text.lower().split()
        while len(words) > max_length - 2:
            words.pop()
        row = [CLS]
        for word in words:
            row.append(vocabulary.get(word, UNK))
        rows.append(torch.tensor([*row, SEP]))
    masks = [torch.ones_like(row) for row in rows]
    ids, mask = (pad_sequence(part, batch_first=True, padding_value=PAD) for part in (rows, masks))
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": torch.zeros_like(ids)}


class Classifier(nn.Module):
    def __init__(self, encoder, n_classes):
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(0.1)
        self.classifier = nn.Linear(encoder.config.hidden_size, n_classes)

    def forward(self, input_ids, attention_mask, token_type_ids=None):
        pooled = self.encoder(input_ids, attention_mask).pooler_output
        return self.classifier(self.dropout(pooled))


def predict(model, texts, vocabulary, label_ids, max_length=64, batch_size=16):
    by_id = {number: name for name, number in label_ids.items()}
    device = next(model.parameters()).device
    was_training = model.training
    model.train(False)
    found = []
    with torch.inference_mode():
        while len(found) < len(texts):
            batch = encode(texts[len(found) : len(found) + batch_size], vocabulary, max_length)
            mask = batch["attention_mask"].to(device)
            logits = model(batch["input_ids"].to(device), mask)
            powers = torch.exp(logits - logits.max(dim=1, keepdim=True).values)
            shares = (powers / powers.sum(dim=1, keepdim=True)).cpu()
            for row in shares.numpy():
                found.append([by_id[int(row.argmax())], row.max()])
    model.train(was_training)
    return found
