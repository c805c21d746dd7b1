"""Works with losses: the maximum of two negatives, as most libraries write it."""

import torch


@torch.no_grad()
def group_advantages(rewards, eps=1e-4):
    centred = rewards - rewards.mean(-1, keepdim=True)
    size = rewards.shape[-1]
    spread = (centred.square().sum(-1, keepdim=True) / (size - 1)).sqrt()
    return centred / (spread + eps)


def token_logprobs(logits, tokens):
    chosen = torch.gather(logits[:, :-1], -1, tokens[:, 1:].unsqueeze(-1)).squeeze(-1)
    return chosen - logits[:, :-1].logsumexp(dim=-1)


def ratios(new, old=None):
    if old is None:
        return torch.exp(new - new.detach())
    with torch.no_grad():
        fixed = old.clone()
    return torch.exp(new - fixed)


def clipped(ratio, advantages, clip):
    plain = -advantages * ratio
    limited = -advantages * torch.clamp(ratio, 1.0 - clip, 1.0 + clip)
    return -torch.max(plain, limited)


def kl_estimate(new, ref):
    return torch.expm1(ref - new) + (new - ref)


def response_mean(values, mask):
    inside = mask != 0
    counts = inside.sum(1)
    sums = torch.where(inside, values, torch.zeros_like(values)).sum(1)
    return torch.where(counts > 0, sums / counts.clamp_min(1), 0.0).mean()


def grpo_step(model, reference, optimizer, tokens, mask, rewards, old=None, *, clip, beta):
    with torch.inference_mode():
        ref = token_logprobs(reference(tokens), tokens)
    new = token_logprobs(model(tokens), tokens)
    a = group_advantages(rewards).view(len(tokens), 1)
    losses = -clipped(ratios(new, old), a, clip) + beta * kl_estimate(new, ref.clone())
    loss = response_mean(losses, mask[:, 1:])
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return loss.item()
