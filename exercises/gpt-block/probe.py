"""Facts about a solution, measured beside it."""

import torch
from torch import nn


def output(solution, name, sizes, weights, given, training=False):
    """What a fresh module of this name, with these weights, makes of `given`."""
    module = getattr(solution, name)(*sizes)
    module.load_state_dict(weights)
    return module.train(training)(given)


class _Table(nn.Module):
    """A model whose logits depend on the token alone; it notes the mode in which it is called."""

    def __init__(self, logits):
        super().__init__()
        self.logits = nn.Parameter(logits.clone())
        self.modes = []

    def forward(self, tokens):
        self.modes.append(self.training)
        return self.logits[tokens]


def step_taken(solution, logits, tokens, rate):
    """What one `train_step` returns and does to a table of logits, (vocab, vocab)."""
    model = _Table(logits).eval()
    model.logits.grad = torch.ones_like(logits)  # what an earlier step has left behind
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    returned = solution.train_step(model, optimizer, tokens)
    return {"returned": returned, "moved": model.logits.detach() - logits, "modes": model.modes}
