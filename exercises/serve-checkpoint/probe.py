"""Facts about a solution, measured beside it."""

import os
import tempfile
from unittest import mock

import torch
from torch import nn

_RAN = "PREP_THE_FILE_RAN_CODE"


class _Model(nn.Module):
    """Embeds, averages over the real tokens, drops, normalises: (batch, time), (batch,) → logits."""

    def __init__(self, vocab, classes):
        super().__init__()
        self.embedding = nn.Embedding(vocab, 6)
        self.drop = nn.Dropout(0.5)
        self.norm = nn.BatchNorm1d(6)
        self.head = nn.Linear(6, classes)

    def forward(self, tokens, lengths):
        real = torch.arange(tokens.shape[1]) < lengths[:, None]  # (batch, time)
        mean = (self.embedding(tokens) * real[..., None]).sum(dim=1) / lengths[:, None]
        return self.head(self.norm(self.drop(mean)))


class _Code:
    """What a hostile checkpoint holds: unpickling it calls a function."""

    def __reduce__(self):
        return exec, (f"import os; os.environ['{_RAN}'] = '1'",)


def loaded(solution, vocab, classes, kind):
    """Save a checkpoint, load it with `load_model`, and tell what came of it."""
    saved = _Model(vocab, classes)
    content = {"config": {"vocab": vocab, "classes": classes}, "model": saved.state_dict()}
    if kind == "code":
        content["note"] = _Code()
    os.environ.pop(_RAN, None)
    with tempfile.TemporaryDirectory(dir=".") as folder:
        file = os.path.join(folder, "model.pt")
        _save(content, file, tag="cuda:63" if kind == "gpu" else "cpu")
        try:
            model = solution.load_model(_Model, file)
        except Exception as error:  # what is raised is a fact like any other
            return {"raised": type(error).__name__, "ran": _RAN in os.environ}
        facts = {"raised": "", "ran": _RAN in os.environ, "type": type(model).__name__}
        if isinstance(model, _Model):
            facts["modes"] = [each.training for each in model.modules()]
            pairs = zip(model.state_dict().values(), saved.state_dict().values(), strict=True)
            facts["same"] = all(a.device == b.device and torch.equal(a, b) for a, b in pairs)
    return facts


def _save(content, file, tag):
    """Save as on a device of this name: what a file says of its tensors is where they were."""
    with mock.patch("torch.serialization.location_tag", return_value=tag):
        torch.save(content, file)


class _Telling(nn.Module):
    """Logits that tell the row: its sum, its length and its first token; and notes what it was given."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3))
        self.seen = []

    def forward(self, tokens, lengths):
        real = torch.arange(tokens.shape[1]) < lengths[:, None]
        padding = tokens.masked_fill(real, 0).abs().max().item()
        types = [str(tokens.dtype), str(lengths.dtype)]
        seen = {"grad": torch.is_grad_enabled(), "padding": padding, "types": types}
        self.seen.append(seen)
        total = (tokens * real).sum(dim=1)
        return torch.stack([total, lengths, tokens[:, 0]], dim=1) * self.weight


def predicted(solution, rows, max_tokens):
    """The answers of a model that tells what it saw, and what it was given."""
    model = _Telling()
    logits = solution.predict(model, rows, max_tokens)
    return {"logits": logits, "seen": model.seen}


class _Raising(nn.Module):
    def forward(self, tokens, lengths):
        raise RuntimeError("CUDA error: device-side assert triggered")


class _Constant(nn.Module):
    """The first class gets 0, the last one `value`: a few weights are enough to spoil a model."""

    def __init__(self, value):
        super().__init__()
        self.value = value

    def forward(self, tokens, lengths):
        logits = torch.zeros(len(tokens), 3)
        logits[-1, -1] = self.value
        return logits


def health(solution, rows, max_tokens):
    """What `is_healthy` says of a model that works, and of others."""
    models = {
        "works": _Constant(1.0),
        "raises": _Raising(),
        "nan": _Constant(float("nan")),
        "inf": _Constant(float("inf")),
        "none": None,
    }
    return {name: solution.is_healthy(model, rows, max_tokens) for name, model in models.items()}
