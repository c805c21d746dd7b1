"""Facts about a solution, measured beside it, and torch's own answers."""

import torch
from torch import nn
from torch.nn import functional as F


def filled(solution, name, shape, options):
    """What an initialiser does to a parameter of this shape: moments, and whether it is in place."""
    w = nn.Parameter(torch.full(shape, 7.0))
    returned = getattr(solution, name)(w, **options)
    values = w.detach().double()
    fourth = (values - values.mean()).pow(4).mean()
    return {
        "mean": values.mean().item(),
        "std": values.std().item(),
        "largest": values.abs().max().item(),
        "kurtosis": (fourth / values.var().square().clamp(min=1e-30)).item(),
        "in_place": returned is w,
        "leaf": w.is_leaf and w.requires_grad,
    }


def growth(solution, width, depth, batch, runs):
    """How the second moment of activations, and of gradients, changes over the whole network."""
    forward, backward = [], []
    for run in range(runs):
        torch.manual_seed(run + torch.initial_seed() % 1000)
        model = solution.relu_mlp(width, depth)
        x = torch.randn(batch, width, requires_grad=True)
        y = model(x)
        forward.append((y.square().mean() / x.detach().square().mean()).log().item())
        gradient = torch.randn_like(y)
        (found,) = torch.autograd.grad(y, x, gradient)
        backward.append((found.square().mean() / gradient.square().mean()).log().item())
    linears = [m for m in model.modules() if isinstance(m, nn.Linear)]
    relus = [m for m in model.modules() if isinstance(m, nn.ReLU)]
    return {
        "forward": sum(forward) / runs,
        "backward": sum(backward) / runs,
        "linears": len(linears),
        "relus": len(relus),
        "shape": list(y.shape),
        "lowest": y.min().item(),
    }


def loss_and_gradient(solution, logits, targets, smoothing):
    """The loss and its gradient, and torch's."""
    given = logits.clone().requires_grad_()
    loss = solution.smoothed_cross_entropy(given, targets, smoothing)
    (gradient,) = torch.autograd.grad(loss, given)
    other = logits.clone().requires_grad_()
    wanted = F.cross_entropy(other, targets, label_smoothing=smoothing)
    (expected,) = torch.autograd.grad(wanted, other)
    return {"loss": loss, "gradient": gradient, "wanted": wanted, "expected": expected}


class Block(nn.Module):
    """A little of everything that has parameters."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(13, 6)
        self.convolution = nn.Conv1d(6, 6, 3, padding=1)
        self.norm = nn.LayerNorm(6)
        self.frozen = nn.Linear(6, 6)
        self.batch_norm = nn.BatchNorm1d(6)
        self.scale = nn.Parameter(torch.ones(6))
        self.out = nn.Linear(6, 13)
        self.out.weight = self.embedding.weight  # tied
        self.frozen.requires_grad_(requires_grad=False)


def grouped(solution, weight_decay):
    """The names of the parameters by their decay, and how often each occurs."""
    model = Block()
    names = {id(p): name for name, p in model.named_parameters()}
    groups = solution.parameter_groups(model, weight_decay)
    torch.optim.AdamW(groups, lr=1e-3)  # refuses a parameter that occurs twice
    found = []
    for group in groups:
        decay = float(group["weight_decay"])
        found += [[names.get(id(p), "unknown"), decay] for p in list(group["params"])]
    return sorted(found)


def steps(solution, p, gradients, options):
    """The tensor after each step, beside torch's AdamW; half of the runs on a parameter."""
    own, other = nn.Parameter(p.clone()), nn.Parameter(p.clone())
    optimizer = torch.optim.AdamW([other], **options)
    state, after, wanted = {}, [], []
    place = own.data_ptr()
    for gradient in gradients:
        solution.adamw_step(own, gradient.clone(), state, **options)
        other.grad = gradient.clone()
        optimizer.step()
        after.append(own.detach().clone())
        wanted.append(other.detach().clone())
    return {
        "after": torch.stack(after),
        "wanted": torch.stack(wanted),
        "in_place": own.data_ptr() == place and own.is_leaf,
    }
