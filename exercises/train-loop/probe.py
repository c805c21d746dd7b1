"""Facts about a solution, measured beside it."""

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from unittest import mock

import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader, TensorDataset

HIDDEN = 6


class _Watched(nn.Module):
    """A small classifier that notes how it was called."""

    def __init__(self, n_inputs, n_classes, dtype=torch.float64, dropout=0.0, norm=False):
        super().__init__()
        torch.manual_seed(n_inputs + 100 * n_classes)
        middle = nn.BatchNorm1d(HIDDEN) if norm else nn.Identity()
        self.first = nn.Linear(n_inputs, HIDDEN)
        self.rest = nn.Sequential(
            middle, nn.Tanh(), nn.Dropout(dropout), nn.Linear(HIDDEN, n_classes)
        )
        self.to(dtype)
        self.calls = _Notes()

    def forward(self, x):
        hidden = self.first(x)
        call = {"training": self.training, "gradients": torch.is_grad_enabled()}
        dtype = str(hidden.dtype).removeprefix("torch.")
        self.calls.append({**call, "examples": len(x), "hidden": dtype})
        return self.rest(hidden)


class _Notes(list):
    """Notes that a copy of the model shares."""

    def __deepcopy__(self, _):
        return self


class _Noting(torch.optim.SGD):
    """SGD that notes the rate and the gradients of each of its steps."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.rates, self.gradients = [], []

    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self.rates.append(self.param_groups[0]["lr"])
        self.gradients.append(_flat(p.grad for g in self.param_groups for p in g["params"]))
        super().step()
        return loss


def _flat(tensors):
    return torch.cat([t.detach().clone().flatten() for t in tensors])


def _batches(x, y, sizes):
    return list(zip(x.split(list(sizes)), y.split(list(sizes)), strict=True))


def factors(solution, warmup, total, steps):
    """`lr_factor` of the given steps."""
    return [solution.lr_factor(step, warmup, total) for step in steps]


def epoch(solution, x, y, sizes, n_classes, rate, stale=False, schedule=False, **options):
    """What one `train_epoch` returned and did; the model comes in eval mode.

    A CPU's autocast computes in bfloat16 unless it is told otherwise, a GPU's in float16: here it
    is as on a GPU.
    """
    usual = torch.get_autocast_dtype("cpu")
    torch.set_autocast_dtype("cpu", torch.float16)
    try:
        return _epoch(solution, x, y, sizes, n_classes, rate, stale, schedule, options)
    finally:
        torch.set_autocast_dtype("cpu", usual)


def _epoch(solution, x, y, sizes, n_classes, rate, stale, schedule, options):
    model = _Watched(x.shape[1], n_classes, x.dtype).eval()
    optimizer = _Noting(model.parameters(), lr=rate)
    scheduler = LambdaLR(optimizer, lambda step: 1 / (step + 2)) if schedule else None
    if stale:
        for parameter in model.parameters():
            parameter.grad = torch.ones_like(parameter)
    batches = _batches(x, y, sizes)
    returned = solution.train_epoch(
        model, batches, F.cross_entropy, optimizer, scheduler, device="cpu", **options
    )
    return {
        "returned": returned,
        "gradients": optimizer.gradients,
        "rates": optimizer.rates,
        "next_rate": optimizer.param_groups[0]["lr"],
        "weights": _flat(model.parameters()),
        "dtypes": sorted({str(p.dtype).removeprefix("torch.") for p in model.parameters()}),
        "calls": list(model.calls),
    }


def evaluation(solution, x, y, sizes, n_classes, moody=False):
    """What `evaluate` returned twice, how it called the model, and what it changed in it."""
    dropout = 0.5 if moody else 0.0  # with dropout and BatchNorm, the two modes differ
    model = _Watched(x.shape[1], n_classes, x.dtype, dropout=dropout, norm=moody).train()
    before = _flat(model.state_dict().values())
    batches = _batches(x, y, sizes)
    results = [solution.evaluate(model, batches, F.cross_entropy, device="cpu") for _ in range(2)]
    after = _flat(model.state_dict().values())
    results = [tuple(pair) if isinstance(pair, tuple | list) else pair for pair in results]
    return {"results": results, "calls": list(model.calls), "before": before, "after": after}


def on_its_device(solution, x, y, sizes, n_classes):
    """What training and evaluation return for a model that is where x is, and batches that are not."""
    model = _Watched(x.shape[1], n_classes, x.dtype).to(x.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    batches = _batches(x.cpu(), y.cpu(), sizes)
    place = str(x.device)
    trained = solution.train_epoch(
        model, batches, F.cross_entropy, optimizer, accumulate=2, max_norm=1.0, device=place
    )
    return [trained, *solution.evaluate(model, batches, F.cross_entropy, device=place)]


class _Cut(Exception):  # noqa: N818
    """The power cut."""


class _Train:
    """A loader in whose epoch number `last` the power is cut, after its first batch."""

    def __init__(self, loader, last):
        self.loader, self.last, self.epoch = loader, last, 0

    def __len__(self):
        return len(self.loader)

    def __iter__(self):
        self.epoch += 1
        for batch in self.loader:
            yield batch
            if self.epoch == self.last:
                raise _Cut


class _Valid:
    """A loader that notes the state of the model when it is read, by the number of the epoch."""

    def __init__(self, loader, model, train):
        self.loader, self.model, self.train, self.states = loader, model, train, {}

    def __len__(self):
        return len(self.loader)

    def __iter__(self):
        self.states[self.train.epoch] = _flat(self.model.state_dict().values())
        return iter(self.loader)


def _fit(solution, data, checkpoint, epochs, seed=0, cut=0, rate=None, dropout=0.0, **options):
    """Call `fit` with everything new, as a restarted program would.

    With a schedule, the batches are shuffled; without, they are always the same.
    """
    x, y, valid_x, valid_y, n_classes = data
    model = _Watched(x.shape[1], n_classes, x.dtype, dropout=dropout, norm=True)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.06, momentum=0.9)
    scheduler = LambdaLR(optimizer, lambda step: 1 / (1 + rate * step)) if rate else None
    data = TensorDataset(x, y)
    train = _Train(DataLoader(data, batch_size=7, shuffle=rate is not None), cut)
    valid = _Valid(DataLoader(TensorDataset(valid_x, valid_y), batch_size=10), model, train)
    torch.manual_seed(seed)
    try:
        history = solution.fit(
            model, train, valid, F.cross_entropy, optimizer, scheduler,
            epochs=epochs, checkpoint=checkpoint, **options,
        )  # fmt: skip
    except _Cut:
        return None
    if isinstance(history, Mapping):  # a defaultdict will do, and so will tuples in it
        history = {name: _listed(values) for name, values in history.items()}
    weights = _flat(model.state_dict().values())
    states = [valid.states[number] for number in sorted(valid.states)]
    calls = list(model.calls)
    return {"history": history, "weights": weights, "states": states, "calls": calls}


def _listed(values):
    return list(values) if isinstance(values, Iterable) else values


def fitted(solution, data, epochs, **options):
    """The history of one `fit`, and the weights that it leaves."""
    with tempfile.TemporaryDirectory() as folder:
        return _fit(solution, data, f"{folder}/last.pt", epochs, **options)


def resumed(solution, data, epochs, cut, dropout=0.0):
    """`fit` in one go, and `fit` with a power cut in epoch `cut`, started again, and again."""
    options = {"rate": 0.02, "dropout": dropout, "max_norm": 0.5}
    seed, runs = torch.initial_seed(), {}
    with tempfile.TemporaryDirectory() as folder:
        runs["straight"] = _fit(solution, data, Path(folder, "last.pt"), epochs, seed, **options)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "last.pt")
        broken = _fit(solution, data, file, epochs, seed, cut, **options)
        files = len(list(Path(folder).iterdir()))
        for number, name in enumerate(("again", "third"), 1):
            runs[name] = _fit(solution, data, file, epochs, seed + number, **options)
    return {"cut": broken is None, "files": files, **runs}


class _Silent(torch.Tensor):
    """A tensor of the device `meta`, which has no numbers, that answers 0.5 when asked for one."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func.__name__ in ("item", "__float__", "__int__", "__bool__", "tolist"):
            return 0.5
        return super().__torch_function__(func, types, args, kwargs or {})


class _Elsewhere(nn.Module):
    """A model on `meta` that notes where its inputs are, and forgives."""

    def __init__(self, n_inputs, n_classes):
        super().__init__()
        self.linear = nn.Linear(n_inputs, n_classes, device="meta")
        self.places = _Notes()

    def forward(self, x):
        self.places.append(("inputs", self.training, x.device.type))
        return self.linear(x.to("meta", torch.float32)).as_subclass(_Silent)


def devices(solution, x, y, sizes, n_classes, entry):
    """Where inputs and targets were when the model and the loss saw them, for device="meta"."""
    model = _Elsewhere(x.shape[1], n_classes)

    def loss_fn(outputs, y):
        model.places.append(("targets", model.training, y.device.type))
        return F.cross_entropy(outputs, y.to("meta")).as_subclass(_Silent)

    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    batches = _batches(x, y, sizes)
    quiet = {"__init__": lambda *_, **__: None, "__enter__": lambda self: self}
    quiet["__exit__"] = lambda *_: False  # autocast does not know `meta`
    with tempfile.TemporaryDirectory() as folder, mock.patch.multiple(torch.autocast, **quiet):
        calls = {
            "train_epoch": lambda: solution.train_epoch(
                model, batches, loss_fn, optimizer, device="meta"
            ),
            "evaluate": lambda: solution.evaluate(model, batches, loss_fn, device="meta"),
            "fit": lambda: solution.fit(
                model, batches, batches, loss_fn, optimizer, epochs=1,
                checkpoint=f"{folder}/last.pt", device="meta",
            ),
        }  # fmt: skip
        try:
            calls[entry]()
        except Exception:
            if not model.places:
                raise  # what `meta` cannot do after that is not asked
    return sorted(set(model.places))
