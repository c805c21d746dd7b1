"""Facts about a solution, measured beside it."""

import torch
from torch.nn import functional as F


def _model(solution, sizes, bidirectional=False, seed=0, device="cpu"):
    torch.manual_seed(seed)
    return solution.RNNClassifier(*sizes, bidirectional=bidirectional).to(device).eval()


def logits(solution, sizes, x, lengths, bidirectional=False):
    """Logits of a fresh model; the same weights for the same sizes."""
    with torch.no_grad():
        return _model(solution, sizes, bidirectional, device=x.device)(x, lengths)


def weights_by_default(solution, sizes):
    """How many weights there are when `bidirectional` is left out, and when it is False."""
    models = (solution.RNNClassifier(*sizes), _model(solution, sizes))
    return [sum(parameter.numel() for parameter in model.parameters()) for model in models]


def logits_without_biases(solution, sizes, x, lengths, bidirectional):
    """Logits of a model whose biases, vectors of any shape, are all 0."""
    model = _model(solution, sizes, bidirectional, device=x.device)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.numel() == max(parameter.shape, default=1):
                parameter.zero_()
        return model(x, lengths)


def one_by_one(solution, sizes, x, lengths, bidirectional=False):
    """Logits of each row alone, without its padding."""
    model = _model(solution, sizes, bidirectional, device=x.device)
    with torch.no_grad():
        rows = [model(x[i : i + 1, :n], lengths[i : i + 1]) for i, n in enumerate(lengths.tolist())]
    return torch.cat(rows)


def input_gradient(solution, sizes, x, lengths, bidirectional=False):
    """How the logits depend on every input: their squares' gradient with respect to x."""
    x = x.clone().requires_grad_()
    model = _model(solution, sizes, bidirectional, device=x.device)
    model(x, lengths).square().sum().backward()
    return x.grad


def early_against_late(solution, sizes, x, lengths, bidirectional=False):
    """How much more the logits depend on the first step than on the last: the mean of log ratios."""
    ratios = []
    for seed in range(12):
        given = x.clone().requires_grad_()
        model = _model(solution, sizes, bidirectional, seed, x.device)
        model(given, lengths).square().sum().backward()
        ratios.append((given.grad[:, 0].norm() / given.grad[:, -1].norm()).log().item())
    return sum(ratios) / len(ratios)


def step_taken(solution, sizes, x, lengths, y, max_norm, rate):
    """What one `train_step` returned and did, beside what it should have done."""
    model = _model(solution, sizes, device=x.device).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    loss = F.cross_entropy(model(x, lengths), y)
    parameters = list(model.parameters())
    found = torch.autograd.grad(loss, parameters, allow_unused=True)
    gradients = [torch.zeros_like(p) if g is None else g for p, g in zip(parameters, found)]
    for parameter in model.parameters():  # what an earlier step has left behind
        parameter.grad = torch.ones_like(parameter)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    returned = solution.train_step(model, optimizer, x, lengths, y, max_norm=max_norm)
    moved = [(p.detach() - b).flatten() for p, b in zip(model.parameters(), before, strict=True)]
    return {
        "returned": returned,
        "loss": loss.item(),
        "moved": torch.cat(moved),
        "gradient": torch.cat([gradient.flatten() for gradient in gradients]),
    }


def losses_of_two_steps(solution, sizes, x, lengths, y, bidirectional):
    """What two `train_step`s return, with everything on the device of x."""
    model = _model(solution, sizes, bidirectional, device=x.device).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    return [solution.train_step(model, optimizer, x, lengths, y) for _ in range(2)]


def accuracy_after_training(solution, n_inputs, n_hidden, n_classes, steps, batch, longest):
    """Train on fresh sequences; return the accuracy on held-out ones, and the losses."""
    model = _model(solution, (n_inputs, n_hidden, n_classes), seed=torch.initial_seed()).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    for _ in range(steps):
        x, lengths, y = _first_tells(batch, longest, n_inputs, n_classes)
        losses.append(solution.train_step(model, optimizer, x, lengths, y, max_norm=1.0))
    x, lengths, y = _first_tells(400, longest, n_inputs, n_classes)
    with torch.no_grad():
        accuracy = (model.eval()(x, lengths).argmax(1) == y).float().mean().item()
    return {"accuracy": accuracy, "losses": losses}


def _first_tells(batch, longest, n_inputs, n_classes):
    """Return sequences whose first step alone tells the class; noise follows, then padding."""
    lengths = torch.randint(2, longest + 1, (batch,))
    x = 0.5 * torch.randn(batch, longest, n_inputs)
    y = torch.randint(n_classes, (batch,))
    x[torch.arange(batch), 0, y] += 3.0
    padding = torch.arange(longest) >= lengths.unsqueeze(1)  # (batch, time)
    return x.masked_fill(padding.unsqueeze(2), 0.0), lengths, y
