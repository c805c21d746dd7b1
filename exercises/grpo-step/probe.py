"""Facts about a solution, measured beside it."""

import torch
from torch import nn


class _Constant(nn.Module):
    """A policy that gives every token its own probability, wherever it stands."""

    def __init__(self, logits):
        super().__init__()
        self.logits = nn.Parameter(logits.clone())

    def forward(self, tokens):
        return self.logits.expand(*tokens.shape, -1)


def step_taken(solution, logits, ref_logits, rate, arguments, options):
    """What one `grpo_step` returns and does to constant policies of these logits, (vocab,)."""
    model, reference = _Constant(logits), _Constant(ref_logits)
    model.logits.grad = torch.ones_like(logits)  # what an earlier step has left behind
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    returned = solution.grpo_step(model, reference, optimizer, *arguments, **options)
    left = reference.logits.grad
    return {
        "returned": returned,
        "moved": model.logits.detach() - logits,
        "reference": 0.0 if left is None else left.abs().sum().item(),
    }


def ratio_facts(solution, new, old, weights):
    """Ratios, and the gradients of their weighted sum: of `new`, and of `old` where it is given."""
    new = new.clone().requires_grad_()
    others = [] if old is None else [old.clone().requires_grad_()]
    found = solution.ratios(new, *others)
    if not getattr(found, "requires_grad", False):
        return {"ratios": found, "new": None, "old": None}
    (found * weights).sum().backward()
    of_new = torch.zeros_like(new) if new.grad is None else new.grad
    of_old = 0.0 if not others or others[0].grad is None else others[0].grad.abs().max().item()
    return {"ratios": found.detach(), "new": of_new, "old": of_old}
