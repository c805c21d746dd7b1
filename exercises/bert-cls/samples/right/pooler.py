"""The pooler's output, clipping, warm-up, the loss written out; keeps the mode in predict."""

import torch
from torch import nn


def encode(tokenizer, texts, max_length):
    return tokenizer(
        texts, padding=True, truncation=True, max_length=max_length, return_tensors="pt"
    )


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout=0.1):
        super().__init__()
        self.encoder = encoder
        self.share = dropout
        self.weight = nn.Parameter(torch.empty(classes, encoder.config.hidden_size))
        self.bias = nn.Parameter(torch.zeros(classes))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, input_ids, attention_mask, **_):
        pooled = self.encoder(input_ids=input_ids, attention_mask=attention_mask).pooler_output
        pooled = nn.functional.dropout(pooled, self.share, training=self.training)
        return torch.einsum("bh,ch->bc", pooled, self.weight) + self.bias


def class_weights(labels, classes):
    weights = torch.zeros(classes)
    for label, count in zip(*labels.unique(return_counts=True), strict=True):
        weights[label] = labels.numel() / (classes * count)
    return weights


def fine_tune(model, batches, epochs, lr, weights=None):
    model.train()
    device = next(model.parameters()).device
    optimizer = torch.optim.AdamW(model.parameters(), lr)
    warm = max(1, epochs * len(batches) // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / warm)
    )
    history = []
    for _ in range(epochs):
        losses = []
        for inputs, labels in batches:
            optimizer.zero_grad(set_to_none=True)
            labels = labels.to(device)
            logits = model(**{k: v.to(device) for k, v in inputs.items()})
            chosen = -logits.log_softmax(1)[torch.arange(len(labels)), labels]  # (batch,)
            share = torch.ones_like(chosen) if weights is None else weights.to(device)[labels]
            loss = (share * chosen).sum() / share.sum()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.detach())
        history.append(torch.stack(losses).mean().item())
    return history


def predict(model, batches):
    was = model.training
    model.eval()
    device = next(model.parameters()).device
    with torch.no_grad():
        logits = [model(**{k: v.to(device) for k, v in inputs.items()}) for inputs in batches]
    model.train(was)
    return torch.cat(logits).softmax(-1).cpu()
