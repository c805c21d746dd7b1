"""Runs beside a solution: a small BERT, an encoder that is made up, and a model that looks answers up."""

from types import SimpleNamespace

import torch
from torch import nn
from transformers.modeling_outputs import BaseModelOutputWithPoolingAndCrossAttentions
from transformers.models.bert.modeling_bert import BertConfig, BertModel

KEYS = ("input_ids", "attention_mask")

torch.set_num_threads(1)  # the models are so small that a second thread only waits


class _MadeUp(nn.Module):
    """An encoder whose states were given to it."""

    def __init__(self, states, pooled):
        super().__init__()
        self.config = SimpleNamespace(hidden_size=states.shape[2])
        self.states, self.pooled = states, pooled

    def forward(self, *_, **__):
        return BaseModelOutputWithPoolingAndCrossAttentions(
            last_hidden_state=self.states, pooler_output=self.pooled
        )


class _LookUp(nn.Module):
    """Gives the logits that stand in a table for the first word, and notes how it was called."""

    def __init__(self, table):
        super().__init__()
        self.table = nn.Parameter(table)  # (words, classes)
        self.calls = []

    def forward(self, input_ids, attention_mask):
        self.calls.append((self.training, torch.is_grad_enabled(), len(input_ids)))
        return self.table[input_ids[:, 1]]


def encoded(solution, texts, vocabulary, max_length):
    """What `encode` gives, without what the task does not name."""
    batch = solution.encode(list(texts), dict(vocabulary), max_length)
    return {key: batch[key] for key in KEYS}


def forward(solution, sizes, n_classes, batch):
    """Logits of a batch, and of each of its rows alone and without padding."""
    torch.manual_seed(n_classes)
    names = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads")
    config = BertConfig(
        **dict(zip(names, sizes, strict=True)),
        intermediate_size=2 * sizes[1],
        max_position_embeddings=40,
        initializer_range=0.15,
    )
    model = solution.Classifier(BertModel(config), n_classes).eval()
    lengths = batch["attention_mask"].sum(1).tolist()
    with torch.no_grad():
        alone = [
            model(**{key: value[row : row + 1, :length] for key, value in batch.items()})
            for row, length in enumerate(lengths)
        ]
        return {"together": model(**batch), "alone": torch.cat(alone)}


def headed(solution, states, pooled, others, n_classes):
    """Logits from given states, from states that are others after [CLS], and from other [CLS].

    `loud` are the logits when the weights outside the encoder are thirty times as large.
    """
    encoder = _MadeUp(states, pooled)
    torch.manual_seed(n_classes)
    model = solution.Classifier(encoder, n_classes).eval()
    ids = torch.ones(states.shape[:2], dtype=torch.int64)
    with torch.no_grad():
        found = {"plain": model(input_ids=ids, attention_mask=ids)}
        encoder.states = torch.cat([states[:, :1], others[:, 1:]], dim=1)
        found["rest"] = model(input_ids=ids, attention_mask=ids)
        encoder.states = torch.cat([others[:, :1], states[:, 1:]], dim=1)
        encoder.pooled = others[:, 0].tanh()
        found["first"] = model(input_ids=ids, attention_mask=ids)
        encoder.states, encoder.pooled = states, pooled
        for weight in model.parameters():
            weight.mul_(30)
        found["loud"] = model(input_ids=ids, attention_mask=ids)
    return found


def predicted(solution, table, texts, vocabulary, label_ids, **options):
    """What `predict` says with a model that comes in training mode, and how it called it."""
    model = _LookUp(table).train()
    told = solution.predict(model, list(texts), dict(vocabulary), dict(label_ids), **options)
    pairs = [tuple(each) for each in told]
    return {
        "names": [name for name, _ in pairs],
        "shares": [s for _, s in pairs],
        "calls": model.calls,
    }
