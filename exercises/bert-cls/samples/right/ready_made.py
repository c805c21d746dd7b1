"""Transformers' own classification model around the encoder, its schedule, a shuffling DataLoader."""

import copy

import torch
from torch import nn
from torch.utils.data import DataLoader
from transformers import BertForSequenceClassification, get_linear_schedule_with_warmup


def encode(tokenizer, texts, max_length):
    return tokenizer(
        list(texts),
        max_length=max_length,
        padding=True,
        truncation="longest_first",
        return_attention_mask=True,
        return_token_type_ids=False,
        return_tensors="pt",
    )


class Classifier(nn.Module):
    def __init__(self, encoder, classes, dropout=0.1):
        super().__init__()
        config = copy.deepcopy(encoder.config)
        config.num_labels, config.classifier_dropout = classes, dropout
        self.model = BertForSequenceClassification(config)
        self.model.bert = encoder

    def forward(self, input_ids, attention_mask):
        return self.model(input_ids, attention_mask=attention_mask).logits


def class_weights(labels, classes):
    one_hot = nn.functional.one_hot(labels, classes)  # (examples, classes)
    counts = one_hot.sum(dim=0).float()
    weights = labels.shape[0] / (classes * counts)
    weights[counts == 0] = 0
    return weights


def fine_tune(model, batches, epochs, lr, weights=None):
    device = next(model.parameters()).device
    loader = DataLoader(batches, batch_size=None, shuffle=True)
    decayed = [p for n, p in model.named_parameters() if "bias" not in n and "LayerNorm" not in n]
    plain = [p for n, p in model.named_parameters() if "bias" in n or "LayerNorm" in n]
    groups = [{"params": decayed, "weight_decay": 0.1}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=lr, fused=False)
    total = epochs * len(loader)
    scheduler = get_linear_schedule_with_warmup(optimizer, total // 10, total)
    loss_function = nn.CrossEntropyLoss(None if weights is None else weights.to(device))
    history = []
    for _ in range(epochs):
        model.train()
        running = torch.zeros((), device=device)
        for inputs, labels in loader:
            output = model(**{name: part.to(device) for name, part in inputs.items()})
            loss = loss_function(output, labels.to(device))
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
            running += loss.detach()
        history.append((running / len(loader)).item())
        model.eval()
    return history


@torch.inference_mode()
def predict(model, batches):
    model.eval()
    device = next(model.parameters()).device
    return torch.cat(
        [
            nn.functional.softmax(model(**{k: v.to(device) for k, v in b.items()}), dim=-1)
            for b in batches
        ]
    ).to("cpu")
