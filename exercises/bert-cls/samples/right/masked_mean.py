"""Mean over the real tokens, padding by hand, weights by a loop, inference mode."""

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence


def encode(tokenizer, texts, max_length):
    rows = [tokenizer(text, truncation=True, max_length=max_length)["input_ids"] for text in texts]
    ids = pad_sequence(
        [torch.tensor(row) for row in rows], batch_first=True, padding_value=tokenizer.pad_token_id
    )
    lengths = torch.tensor([len(row) for row in rows])
    mask = torch.arange(ids.shape[1]) < lengths[:, None]  # (time,) < (batch, 1) -> (batch, time)
    return {"input_ids": ids, "attention_mask": mask.long()}


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout=0.1):
        super().__init__()
        self.bert = encoder
        width = encoder.config.hidden_size
        self.out = nn.Sequential(
            nn.Linear(width, width), nn.Tanh(), nn.Dropout(dropout), nn.Linear(width, classes)
        )

    def forward(self, input_ids, attention_mask):
        states = self.bert(input_ids, attention_mask)[0]
        mask = attention_mask.unsqueeze(-1).to(states.dtype)  # (batch, time, 1)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1)
        return self.out(mean)


def class_weights(labels, classes):
    found = labels.tolist()
    counts = [found.count(c) for c in range(classes)]
    return torch.tensor([len(found) / (classes * n) if n else 0.0 for n in counts])


def fine_tune(model, batches, epochs, lr, weights=None):
    device = next(model.parameters()).device
    criterion = nn.CrossEntropyLoss(weight=None if weights is None else weights.to(device))
    plain = [p for p in model.parameters() if p.ndim < 2]
    matrices = [p for p in model.parameters() if p.ndim >= 2]
    optimizer = torch.optim.AdamW(
        [{"params": plain, "weight_decay": 0.0}, {"params": matrices, "weight_decay": 0.01}], lr=lr
    )
    losses = []
    for _ in range(epochs):
        model.train()
        total, count = 0.0, 0
        for inputs, labels in batches:
            logits = model(
                attention_mask=inputs["attention_mask"].to(device),
                input_ids=inputs["input_ids"].to(device),
            )
            loss = criterion(logits, labels.to(device))
            loss.backward()
            optimizer.step()
            model.zero_grad()
            total += loss.item() * len(labels)
            count += len(labels)
        losses.append(total / count)
    return losses


def predict(model, batches):
    device = next(model.parameters()).device
    model.eval()
    rows = []
    with torch.inference_mode():
        for inputs in batches:
            logits = model(inputs["input_ids"].to(device), inputs["attention_mask"].to(device))
            rows.extend(torch.softmax(logits.float(), dim=-1).cpu())
    return torch.stack(rows)
