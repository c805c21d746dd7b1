"""Everything by hand: ids, mask, a head that begins with zeros, max over tokens, numpy results."""

import math
from collections import Counter

import numpy as np
import torch
from torch import nn


def encode(tokenizer, texts, max_length):
    rows = []
    for text in texts:
        ids = tokenizer.convert_tokens_to_ids(tokenizer.tokenize(text))[: max_length - 2]
        rows.append([tokenizer.cls_token_id, *ids, tokenizer.sep_token_id])
    width = max(len(row) for row in rows)
    batch = {"input_ids": [], "attention_mask": []}
    for row in rows:
        padding = width - len(row)
        batch["input_ids"].append(row + [tokenizer.pad_token_id] * padding)
        batch["attention_mask"].append([1] * len(row) + [0] * padding)
    return {name: torch.tensor(values) for name, values in batch.items()}


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout=0.1):
        super().__init__()
        encoder.set_attn_implementation("eager")
        self.add_module("body", encoder)
        self.norm = nn.LayerNorm(encoder.config.hidden_size)
        self.keep = 1 - dropout
        self.matrix = nn.Parameter(torch.zeros(encoder.config.hidden_size, classes))

    def forward(self, input_ids, attention_mask):
        out = self.body(input_ids=input_ids, attention_mask=attention_mask, return_dict=False)
        pooled = []
        for states, mask in zip(out[0], attention_mask, strict=True):
            pooled.append(states[mask == 1].max(dim=0).values)  # (real tokens, hidden) -> (hidden,)
        pooled = self.norm(torch.stack(pooled))
        if self.training and self.keep < 1:
            kept = torch.rand_like(pooled) < self.keep
            pooled = torch.where(kept, pooled / self.keep, 0.0)
        return pooled @ self.matrix


def class_weights(labels, classes):
    counts = Counter(labels.tolist())
    n = sum(counts.values())
    weights = torch.zeros(classes)
    for label, m in counts.items():
        weights[label] = n / (classes * m)
    return weights


def fine_tune(model, batches, epochs, lr, weights=None):
    for module in model.modules():
        module.training = True
    device = next(model.parameters()).device
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, betas=(0.9, 0.98), weight_decay=0.0)
    losses, step, total = [], 0, epochs * len(batches)
    for _ in range(epochs):
        of_epoch = []
        for inputs, labels in batches:
            for group in optimizer.param_groups:
                group["lr"] = lr * (1 + math.cos(math.pi * step / total)) / 2
            step += 1
            logits = model(inputs["input_ids"].to(device), inputs["attention_mask"].to(device))
            labels = labels.to(device)
            each = torch.logsumexp(logits, 1) - logits.gather(1, labels[:, None])[:, 0]  # (batch,)
            loss = each.mean() if weights is None else _weighted(each, weights.to(device)[labels])
            for parameter in model.parameters():
                parameter.grad = None
            loss.backward()
            optimizer.step()
            of_epoch.append(loss.item())
        with torch.no_grad():  # how well it does by now, which nobody asked for
            model.eval()
            model(inputs["input_ids"].to(device), inputs["attention_mask"].to(device))
            model.train()
        losses.append(np.mean(of_epoch))
    return losses


def _weighted(each, shares):
    return torch.dot(each, shares) / shares.sum()


def predict(model, batches):
    device = next(model.parameters()).device
    model.train(False)
    was = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    rows = [None] * sum(len(batch["input_ids"]) for batch in batches)
    starts = np.cumsum([0] + [len(batch["input_ids"]) for batch in batches])
    longest_first = sorted(range(len(batches)), key=lambda i: -batches[i]["input_ids"].shape[1])
    for i in longest_first:
        ids, mask = batches[i]["input_ids"].to(device), batches[i]["attention_mask"].to(device)
        for row in range(len(ids)):
            logits = model(ids[row : row + 1], mask[row : row + 1])
            rows[starts[i] + row] = logits.softmax(1)[0].cpu().numpy()
    torch.set_grad_enabled(was)
    return np.stack(rows)
