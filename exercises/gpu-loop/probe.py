"""Runs beside a solution: small models that note how they are called, trained and validated."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import LambdaLR

HIDDEN = 6
HUGE = 1e6  # a norm that no gradient reaches

torch.set_num_threads(1)  # the models are so small that a second thread only waits


class _Watched(nn.Module):
    """A small classifier that notes in which mode it was called."""

    def __init__(self, n_inputs, n_classes, moody=False):
        super().__init__()
        torch.manual_seed(n_inputs + 100 * n_classes)
        middle = [nn.BatchNorm1d(HIDDEN), nn.Dropout(0.5)] if moody else []
        first, last = nn.Linear(n_inputs, HIDDEN), nn.Linear(HIDDEN, n_classes)
        self.layers = nn.Sequential(first, nn.Tanh(), *middle, last).double()
        self.calls = _Notes()

    def forward(self, x):
        self.calls.append((self.training, torch.is_grad_enabled()))
        return self.layers(x)


class _Notes(list):
    """Notes that a copy of the model shares."""

    def __deepcopy__(self, _):
        return self


class _Noting(torch.optim.SGD):
    """SGD that notes the rate and the gradient of each of its steps."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.rates, self.gradients = [], []

    def step(self, closure=None):
        self.rates.append(self.param_groups[0]["lr"])
        parameters = self.param_groups[0]["params"]
        self.gradients.append(
            _flat(p.new_zeros(p.shape) if p.grad is None else p.grad for p in parameters)
        )
        return super().step(closure)


class _Epochs:
    """Batches that are others in each epoch: what a loader that shuffles gives."""

    def __init__(self, epochs, begun=None):
        self.epochs, self.epoch, self.begun = epochs, 0, begun

    def __len__(self):
        return len(self.epochs[0])

    def __iter__(self):
        if self.begun:
            self.begun()
        self.epoch += 1
        return iter(self.epochs[(self.epoch - 1) % len(self.epochs)])


def _flat(tensors):
    return torch.cat([t.detach().clone().double().flatten() for t in tensors])


def _made(n_inputs, n_classes, rate, moody=False, slow=False):
    model = _Watched(n_inputs, n_classes, moody)
    optimizer = _Noting(model.parameters(), lr=rate)
    return model, optimizer, LambdaLR(optimizer, lambda step: 1 / (step + 2) if slow else 1.0)


def moved(solution, x, y, dtype):
    """Where a batch is, and as what, after `to_model`; on `meta` there are no numbers."""
    found = {}
    for device in ("meta", "cpu"):
        model = nn.Linear(x.shape[1], 3, device=device, dtype=getattr(torch, dtype))
        pair = solution.to_model((x, y), model)
        found[device] = [
            (str(each.device.type), str(each.dtype).removeprefix("torch."))
            if isinstance(each, torch.Tensor)
            else (type(each).__name__, "")
            for each in pair
        ]
        found["values"] = [each if isinstance(each, torch.Tensor) else None for each in pair]
    return found


def steps(solution, batches, n_classes, max_norm=HUGE):
    """The gradients that `train_epoch` gave to the optimizer; before it, each of them was 1."""
    model, optimizer, scheduler = _made(batches[0][0].shape[1], n_classes, 0.1)
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    solution.train_epoch(model, batches, F.cross_entropy, optimizer, scheduler, max_norm)
    return optimizer.gradients


def one_step(solution, batch, n_classes, max_norm):
    """What `train_step` returned, and the gradients that the optimizer got."""
    model, optimizer, _ = _made(batch[0].shape[1], n_classes, 0.1)
    returned = solution.train_step(model, batch, F.cross_entropy, optimizer, max_norm)
    return {"returned": returned, "gradients": optimizer.gradients}


def first_gradient(solution, batch, n_classes, **options):
    """The first gradient that the optimizer got from `fit`; unclipped it would be large."""
    model, optimizer, scheduler = _made(batch[0].shape[1], n_classes, 0.1)

    def loss_fn(outputs, y):
        return 100 * F.cross_entropy(outputs, y)

    solution.fit(model, [batch], [batch], loss_fn, optimizer, scheduler, 1, **options)
    return optimizer.gradients[:1]


def rates(solution, batches, n_classes, rate, epochs):
    """The rate of each step of `fit`, and the next one."""
    model, optimizer, scheduler = _made(batches[0][0].shape[1], n_classes, rate, slow=True)
    solution.fit(model, batches, batches, F.cross_entropy, optimizer, scheduler, epochs)
    return {"rates": optimizer.rates, "next": optimizer.param_groups[0]["lr"]}


def validated(solution, batches, n_classes):
    """What `validate` says of a model with dropout and BatchNorm, and did to it; then an epoch."""
    model, optimizer, scheduler = _made(batches[0][0].shape[1], n_classes, 0.1, moody=True)
    with torch.no_grad():
        model.eval()
        outputs = torch.cat([model(x) for x, _ in batches])
    model.train().calls.clear()
    before = _flat(model.state_dict().values())
    returned = solution.validate(model, batches, F.cross_entropy)
    after, calls = _flat(model.state_dict().values()), list(model.calls)
    model.eval().calls.clear()
    solution.train_epoch(model, batches, F.cross_entropy, optimizer, scheduler, HUGE)
    y = torch.cat([y for _, y in batches])
    truth = F.cross_entropy(outputs, y).item(), (outputs.argmax(1) == y).double().mean().item()
    facts = {"returned": returned, "truth": truth, "before": before, "after": after}
    return {**facts, "calls": calls, "training": list(model.calls)}


def history(solution, train, valid, n_classes):
    """What `fit` returns for a rate of 0 and batches that are others in each epoch."""
    model, optimizer, scheduler = _made(train[0][0][0].shape[1], n_classes, 0.0)
    epochs = len(train)
    told = solution.fit(
        model, _Epochs(train), _Epochs(valid), F.cross_entropy, optimizer, scheduler, epochs
    )
    return [tuple(each) for each in told]


def kept(solution, batches, n_classes, losses):
    """The state after each epoch and at the end, when validation says these losses."""
    model, optimizer, scheduler = _made(batches[0][0].shape[1], n_classes, 0.3, moody=True)
    states, told, phase = [], iter(losses), ["train"]

    def loss_fn(outputs, y):
        loss = F.cross_entropy(outputs, y)
        if phase[0] == "train":
            return loss
        states.append(_flat(model.state_dict().values()))
        return torch.full_like(loss, next(told))

    train = _Epochs([batches], lambda: phase.__setitem__(0, "train"))
    valid = _Epochs([batches[:1]], lambda: phase.__setitem__(0, "valid"))
    solution.fit(model, train, valid, loss_fn, optimizer, scheduler, len(losses))
    return {"states": states, "end": _flat(model.state_dict().values())}
