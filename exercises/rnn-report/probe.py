"""Runs beside a solution: small classifiers, made anew for each question."""

import torch
from torch import nn
from torch.nn import functional as F

HUGE = 1e6  # a norm that no gradient reaches

torch.set_num_threads(1)  # the models are so small that a second thread only waits


class _Echo(nn.Module):
    """Returns the first step as logits, and notes how it was called."""

    def __init__(self, dropout=0.0):
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.scale = nn.Parameter(torch.ones(()))
        self.calls = []

    def forward(self, x, lengths):
        self.calls.append((self.training, torch.is_grad_enabled()))
        return self.dropout(x[:, 0]) * self.scale


class _Noting(torch.optim.SGD):
    """SGD that notes the gradient of each of its steps."""

    def __init__(self, parameters):
        super().__init__(parameters, lr=0.1)
        self.gradients = []

    def step(self, closure=None):
        self.gradients.append(_flat(self.param_groups[0]["params"]))
        return super().step(closure)


def _flat(parameters):
    grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
    return torch.cat([grad.detach().clone().flatten() for grad in grads])


def _model(solution, sizes, *dropout, seed=0):
    """The same weights in each call, and no memory of another one."""
    torch.manual_seed(1000 + seed)
    return solution.Classifier(*sizes, *dropout)


def _asked(solution, sizes, x, lengths):
    with torch.no_grad():
        return _model(solution, sizes, 0.0).eval()(x, lengths)


def padded(solution, sizes, x, lengths):
    """Logits of the batch, of each row alone, with other padding, and with other real steps."""
    rows = range(len(x))
    lengths_of = lengths.tolist()
    wider = F.pad(x, (0, 0, 0, 3), value=2.0)
    noisy, first, last = wider.clone(), x.clone(), x.clone()
    for row, length in enumerate(lengths_of):
        noisy[row, length:] = torch.randn_like(noisy[row, length:])
    last[torch.arange(len(x)), lengths - 1] += 1.0
    first[:, 0] += 1.0
    found = {
        "together": x, "noisy": noisy, "first": first, "last": last,
    }  # fmt: skip
    found = {name: _asked(solution, sizes, given, lengths) for name, given in found.items()}
    found["alone"] = torch.cat(
        [
            _asked(solution, sizes, x[i : i + 1, :n], lengths[i : i + 1])
            for i, n in zip(rows, lengths_of, strict=True)
        ]
    )
    return found


def dropped(solution, sizes, x, lengths, share):
    """Logits in both modes under two seeds, each of a fresh model; and those of the default."""
    found = {}
    for mode in ("training", "evaluation"):
        for seed in (1, 2):
            model = _model(solution, sizes, share).train(mode == "training")
            torch.manual_seed(seed)
            with torch.no_grad():
                found[f"{mode} {seed}"] = model(x, lengths)
    for name, dropout in (("default", ()), ("told", (0.3,))):
        model = _model(solution, sizes, *dropout).train()
        torch.manual_seed(3)
        with torch.no_grad():
            found[name] = model(x, lengths)
    return found


def in_turn(solution, sizes, batches, training):
    """Logits of the first batch before and after the others went through the same model."""
    model = _model(solution, sizes, 0.0).train(training)
    with torch.set_grad_enabled(training):
        told = [model(*batch).detach() for batch in [*batches, batches[0]]]
    return {"before": told[0], "after": told[-1]}


def stepped(solution, sizes, batch, max_norm=None):
    """The gradient that the optimizer got, and the one that the loss has; stale ones were 1."""
    options = {} if max_norm is None else {"max_norm": max_norm}
    x, lengths, y = batch
    twin = _model(solution, sizes, 0.0).train()
    loss = F.cross_entropy(twin(x, lengths), y)
    loss.backward()
    model = _model(solution, sizes, 0.0)
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer = _Noting(model.parameters())
    returned = solution.train_step(model, batch, optimizer, **options)
    truth = {"loss": loss.item(), "gradient": _flat(twin.parameters())}
    return {"returned": returned, "gradients": optimizer.gradients, **truth}


def evaluated(solution, batches):
    """What `evaluate` says of a model that comes in training mode; then a step in evaluation mode."""
    model = _Echo(dropout=0.5).train()
    returned = solution.evaluate(model, batches)
    calls = list(model.calls)
    model.eval().calls.clear()
    solution.train_step(model, batches[0], torch.optim.SGD(model.parameters(), lr=0.0))
    return {"returned": returned, "calls": calls, "training": list(model.calls)}


def reported(solution, train, test, n_classes):
    """What `report` says of a model whose logits are the first step."""
    return dict(solution.report(_Echo().eval(), train, test, n_classes))
