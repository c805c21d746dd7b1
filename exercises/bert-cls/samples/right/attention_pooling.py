"""Attention pooling with the mask in it, a deep head, gradients by torch.autograd.grad."""

import torch
from torch import nn
from torch.nn import functional as F


def encode(tokenizer, texts, max_length):
    found = tokenizer(texts, truncation=True, max_length=max_length, add_special_tokens=True)
    width = max(map(len, found["input_ids"]))
    return tokenizer.pad(
        {name: found[name] for name in ("input_ids", "attention_mask")},
        padding="max_length",
        max_length=width,
        return_tensors="pt",
    )


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout=0.1):
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.score = nn.Linear(width, 1, bias=False)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Sequential(
            self.dropout, nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, classes)
        )

    def forward(self, input_ids, attention_mask):
        result = self.encoder(
            input_ids=input_ids,
            attention_mask=attention_mask,
            token_type_ids=torch.zeros_like(input_ids),
            output_hidden_states=True,
        )
        states = (result.hidden_states[-1] + result.hidden_states[-2]) / 2
        scores = self.score(states).squeeze(-1)  # (batch, time)
        shares = scores.masked_fill(attention_mask == 0, float("-inf")).softmax(1)
        return self.head(torch.bmm(shares[:, None], states).squeeze(1))


def class_weights(labels, classes):
    weights = []
    for c in range(classes):
        m = int((labels == c).sum())
        weights.append(0 if m == 0 else len(labels) / classes / m)
    return torch.as_tensor(weights, dtype=torch.float)


def fine_tune(model, batches, epochs, lr, weights=None):
    parameters = [p for p in model.parameters() if p.requires_grad]
    device = parameters[0].device
    optimizer = torch.optim.AdamW(parameters, lr=lr, foreach=False)
    if weights is not None:
        weights = weights.to(device)
    losses = []
    for _epoch in range(epochs):
        mean = 0.0
        for seen, (inputs, labels) in enumerate(batches):
            model.train()
            logits = model(**{name: inputs[name].to(device) for name in inputs})
            loss = F.nll_loss(logits.log_softmax(dim=-1), labels.to(device), weight=weights)
            gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.grad = gradient
            optimizer.step()
            mean += (float(loss.detach()) - mean) / (seen + 1)
        losses.append(mean)
    return tuple(losses)


def predict(model, batches):
    training = model.training
    device = next(model.parameters()).device
    try:
        model.eval()
        with torch.no_grad():
            parts = [
                model(b["input_ids"].to(device), b["attention_mask"].to(device)) for b in batches
            ]
    finally:
        model.train(training)
    logits = torch.cat(parts, dim=0)
    return torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True)).cpu()
