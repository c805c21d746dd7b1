"""Facts about a solution, measured beside it."""

import torch
from torch import nn
from torch.nn import functional as F


def initial(solution, sizes, layer):
    """Weight and bias of a layer of a fresh model."""
    made = getattr(solution.Classifier(*sizes), layer)
    return {"weight": made.weight, "bias": made.bias}


def _drawn(solution, sizes):
    """Return a model with other weights, so that its initialisation does not matter here."""
    model = solution.Classifier(*sizes)
    torch.manual_seed(7)
    with torch.no_grad():
        for layer in (model.first, model.second, model.out):
            layer.weight.copy_(torch.randn_like(layer.weight) / layer.in_features**0.5)
            layer.bias.copy_(torch.randn_like(layer.bias))
    return model.eval()


def logits(solution, sizes, x):
    """What the model returns, and what its layers give one after the other."""
    model = _drawn(solution, sizes)
    rows = torch.stack([row.reshape(-1) for row in x])
    hidden = F.relu(F.linear(rows, model.first.weight, model.first.bias))
    hidden = F.relu(F.linear(hidden, model.second.weight, model.second.bias))
    return {"got": model(x), "wanted": F.linear(hidden, model.out.weight, model.out.bias)}


def turned(solution, sizes, x):
    """What the model returns for images that lie in memory in another order, and for a copy."""
    model = _drawn(solution, sizes)
    given = x.transpose(1, 2)
    try:
        got, raised = model(given), "nothing"
    except Exception as error:  # its name is the fact
        got, raised = None, type(error).__name__
    return {"raised": raised, "got": got, "wanted": model(given.contiguous())}


def loss_and_gradient(solution, logits, y):
    """The loss, its gradient with respect to the logits, and torch's of both."""
    facts = {}
    for name, loss_fn in (("got", solution.cross_entropy), ("wanted", F.cross_entropy)):
        given = logits.clone().requires_grad_()
        loss = loss_fn(given, y)
        facts[name] = loss
        facts[f"{name} gradient"] = torch.autograd.grad(loss, given)[0]
    return facts


def _distance(outputs, y):
    """A loss in which the two cannot be swapped."""
    return (outputs - 2 * y).square().mean()


def stepped(solution, x, y, rate, left):
    """What one step of SGD did to a linear model whose gradients held `left` before."""
    torch.manual_seed(7)
    model = nn.Sequential(nn.Linear(x.shape[1], 3)).eval()
    seen = []
    model.register_forward_pre_hook(lambda module, _: seen.append(module.training))
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    loss = _distance(model(x), y)
    wanted = torch.autograd.grad(loss, list(model.parameters()))
    for p in model.parameters():
        p.grad = None if left is None else torch.full_like(p, left)
    before = [p.detach().clone() for p in model.parameters()]
    seen.clear()
    returned = solution.train_step(model, optimizer, _distance, x, y)
    moved = [(b - p.detach()).flatten() for b, p in zip(before, model.parameters(), strict=True)]
    return {
        "returned": returned,
        "loss": loss.item(),
        "moved": torch.cat(moved),
        "wanted": rate * torch.cat([g.flatten() for g in wanted]),
        "training": all(seen) and bool(seen),
    }
