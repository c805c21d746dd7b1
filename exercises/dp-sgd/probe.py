"""Facts about a solution, measured beside it, plain loops, and Opacus' accountant."""

import importlib.util
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

CLASSES = 4


class Words(nn.Module):
    """The mean of embeddings, through one matrix twice."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 6)
        self.twice = nn.Linear(6, 6)
        self.norm = nn.LayerNorm(6)
        self.out = nn.Linear(6, CLASSES)

    def forward(self, x):
        h = self.embedding(x).mean(1)  # (batch, 6)
        h = self.twice(torch.tanh(self.twice(h)))
        return self.out(self.norm(h))


def _images():
    return nn.Sequential(
        nn.Conv2d(2, 6, 3), nn.GroupNorm(3, 6), nn.ReLU(), nn.Flatten(), nn.Linear(6 * 9, CLASSES)
    )


def _vectors():
    """A network with a frozen layer in the middle."""
    model = nn.Sequential(
        nn.Linear(7, 9), nn.Tanh(), nn.Linear(9, 8), nn.Tanh(), nn.Linear(8, CLASSES)
    )
    model[2].requires_grad_(requires_grad=False)
    return model


def _wide():
    return nn.Sequential(nn.Linear(60, 50), nn.Tanh(), nn.Linear(50, CLASSES))


MODELS = {"words": Words, "images": _images, "vectors": _vectors, "wide": _wide}


def _model(kind, device="cpu"):
    torch.manual_seed(torch.initial_seed())  # the same for everybody
    return MODELS[kind]().to(device)


def _loss(kind):
    return F.mse_loss if kind == "vectors" else F.cross_entropy


def gradients(solution, kind, x, y):
    """The solution's gradients of each record."""
    return solution.per_sample_gradients(_model(kind, x.device), _loss(kind), x, y)


def looped(solution, kind, x, y):
    """The same, one record after the other."""
    model = _model(kind, x.device)
    wanted = {name: p for name, p in model.named_parameters() if p.requires_grad}
    rows = [
        torch.autograd.grad(_loss(kind)(model(x[i : i + 1]), y[i : i + 1]), list(wanted.values()))
        for i in range(len(x))
    ]
    return {name: torch.stack(each) for name, each in zip(wanted, zip(*rows), strict=True)}


def noises(solution, sums, max_norm, sigma, expected_batch, calls):
    """What several calls of `noisy_mean` return."""
    return [solution.noisy_mean(sums, max_norm, sigma, expected_batch) for _ in range(calls)]


def seeded_noises(solution, sums, seeds):
    """What `noisy_mean` returns with generators of these seeds, and once more with the last one."""
    found = []
    for place, seed in enumerate(seeds):
        generator = torch.Generator().manual_seed(seed)
        torch.manual_seed(place)  # must not matter
        found.append(solution.noisy_mean(sums, 1.5, 2.0, 8, generator))
    found.append(solution.noisy_mean(sums, 1.5, 2.0, 8, generator))
    return found


def samples(solution, n, q, draws):
    """Which of n records each of many batches holds, and how often one occurs twice in a batch."""
    batches = [solution.poisson_sample(n, q) for _ in range(draws)]
    sizes = torch.tensor([len(batch) for batch in batches])
    which, record = torch.arange(draws).repeat_interleave(sizes), torch.cat(batches)
    inside = (record >= 0) & (record < n)
    times = torch.bincount((which * n + record)[inside], minlength=draws * n).view(draws, n)
    return {
        "members": (times > 0).numpy(),
        "twice": int((times > 1).sum()),
        "outside": int((~inside).sum()),
    }


def seeded_samples(solution, n, q, seeds):
    """The batches of generators with these seeds, and one more of the last generator."""
    found = []
    for place, seed in enumerate(seeds):
        generator = torch.Generator().manual_seed(seed)
        torch.manual_seed(place)  # must not matter
        found.append(solution.poisson_sample(n, q, generator).sort().values)
    found.append(solution.poisson_sample(n, q, generator).sort().values)
    return found


def steps(solution, kind, batches, max_norm, sigma, expected_batch, rate=1.0):
    """How far one `private_step` moves the same model for each batch, as one long vector."""
    moved = []
    model = _model(kind, batches[0][0].device)
    start = {name: value.clone() for name, value in model.state_dict().items()}
    for x, y in batches:
        model.load_state_dict(start)
        optimizer = torch.optim.SGD(model.parameters(), lr=rate)
        for p in model.parameters():  # what an earlier step has left behind
            p.grad = torch.ones_like(p) if p.requires_grad else None
        solution.private_step(model, optimizer, _loss(kind), x, y, max_norm, sigma, expected_batch)
        after = model.state_dict()
        moved.append(torch.cat([(after[name] - start[name]).flatten() for name in start]))
    return moved


def seeded_steps(solution, kind, x, y, seeds):
    """How far one `private_step` moves the model, with generators of these seeds."""
    moved = []
    for place, seed in enumerate(seeds):
        torch.manual_seed(5)
        model = MODELS[kind]().to(x.device)
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        before = torch.cat([p.detach().flatten() for p in model.parameters()])
        generator = torch.Generator().manual_seed(seed)
        torch.manual_seed(place)  # must not matter
        solution.private_step(model, optimizer, _loss(kind), x, y, 1.0, 1.0, 4, generator)
        moved.append(torch.cat([p.detach().flatten() for p in model.parameters()]) - before)
    return moved


def refusals(solution):
    """The exception that each model with a BatchNorm layer causes, and whether it was changed."""
    flat, deep = nn.BatchNorm1d(5), nn.Sequential(nn.Sequential(nn.BatchNorm1d(5)))
    models = {
        "BatchNorm1d": nn.Sequential(nn.Linear(3, 5), flat, nn.Linear(5, CLASSES)),
        "BatchNorm1d, nested": nn.Sequential(nn.Linear(3, 5), deep, nn.Linear(5, CLASSES)),
        "BatchNorm1d, eval()": nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5)).eval(),
        "BatchNorm1d, frozen": nn.Sequential(
            nn.Linear(3, 5), nn.BatchNorm1d(5).requires_grad_(requires_grad=False)
        ),
        "BatchNorm2d": nn.Sequential(
            nn.Unflatten(1, (3, 1, 1)), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(3, CLASSES)
        ),
        "BatchNorm3d": nn.Sequential(
            nn.Unflatten(1, (3, 1, 1, 1)), nn.BatchNorm3d(3), nn.Flatten(), nn.Linear(3, CLASSES)
        ),
        "SyncBatchNorm": nn.Sequential(nn.Linear(3, 5), nn.SyncBatchNorm(5)),
    }
    x, y = torch.randn(6, 3), torch.randint(CLASSES, (6,))
    found = {}
    for name, model in models.items():
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        given = model, F.cross_entropy, x, y
        found[f"per_sample_gradients with {name}"] = _raised(solution.per_sample_gradients, *given)
        given = model, optimizer, *given[1:], 1.0, 1.0, 6
        found[f"private_step with {name}"] = _raised(solution.private_step, *given)
    return found


def _raised(entry, *given):
    try:
        entry(*given)
    except Exception as error:  # its name is what is asked for
        return type(error).__name__
    return "nothing"


def opacus_epsilon(solution, q, sigma, steps, delta, orders):
    """ε by the formulas of Opacus' RDPAccountant; None where Opacus is not installed."""
    rules = _opacus()
    if rules is None:
        return None
    costs = rules.compute_rdp(q=q, noise_multiplier=sigma, steps=steps, orders=orders)
    return float(rules.get_privacy_spent(orders=orders, rdp=costs, delta=delta)[0])


def _opacus():
    """Load the accountant's file alone: all of Opacus takes seconds to import."""
    package = importlib.util.find_spec("opacus")
    if package is None:
        return None
    file = Path(package.origin).parent / "accountants" / "analysis" / "rdp.py"
    if not file.is_file():  # another release
        return None
    spec = importlib.util.spec_from_file_location("opacus_rdp", file)
    rules = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(rules)
    return rules
