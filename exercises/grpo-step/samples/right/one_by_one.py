"""Loops over groups and rows; cross-entropy for the log-probabilities; the clip by cases."""

import torch
from torch.nn import functional as F


def group_advantages(rewards, eps=1e-4):
    rewards = rewards.detach()
    groups = [(row - row.mean()) / (row.std() + eps) for row in rewards]
    return torch.stack(groups)


def token_logprobs(logits, tokens):
    batch, time, vocab = logits.shape
    rows = F.cross_entropy(
        logits[:, : time - 1].reshape(-1, vocab), tokens[:, 1:].reshape(-1), reduction="none"
    )
    return -rows.view(batch, time - 1)


def ratios(new, old=None):
    fixed = (new if old is None else old).clone().detach()
    return new.exp() / fixed.exp()


def clipped(ratio, advantages, clip):
    good = torch.where(ratio > 1 + clip, 1 + clip, ratio)
    bad = torch.where(ratio < 1 - clip, 1 - clip, ratio)
    return torch.where(advantages > 0, good, bad) * advantages


def kl_estimate(new, ref):
    r = (ref - new).exp()
    return r - 1 - r.log()


def response_mean(values, mask):
    means = []
    for row, inside in zip(values, mask.bool(), strict=True):
        found = row[inside]
        means.append(found.mean() if len(found) else values.new_zeros(()))
    return torch.stack(means).mean()


def grpo_step(model, reference, optimizer, tokens, mask, rewards, old=None, *, clip, beta):
    optimizer.zero_grad()
    a = group_advantages(rewards).flatten().unsqueeze(1)
    new = token_logprobs(model(tokens), tokens)
    ref = token_logprobs(reference(tokens).detach(), tokens)
    inside = mask[:, 1:]
    gain = response_mean(clipped(ratios(new, old), a, clip), inside)
    distance = response_mean(kl_estimate(new, ref), inside)
    loss = beta * distance - gain
    loss.backward()
    optimizer.step()
    return float(loss.detach())
