"""One step of GRPO: advantages within a group, clipped ratios, a KL term, means over the response."""

import torch


def group_advantages(rewards, eps=1e-4):
    """(prompts, group) rewards → advantages of the same shape, which carry no gradient."""
    mean = rewards.mean(dim=1, keepdim=True)  # of each prompt's own samples
    std = rewards.std(dim=1, keepdim=True)
    spread = std + eps
    return ((rewards - mean) / spread).detach()  # a number to weigh by, not a path for gradients


def token_logprobs(logits, tokens):
    """(batch, time, vocab), (batch, time) → log p of tokens 1 … time − 1, (batch, time − 1)."""
    told = logits[:, :-1].log_softmax(dim=-1)  # step t tells token t + 1
    return told.gather(2, tokens[:, 1:, None]).squeeze(2)


def ratios(new, old=None):
    """Log-probabilities → π_new / π_old; without `old`, the samples are the new policy's own."""
    if old is None:
        old = new
    return torch.exp(new - old.detach())  # else exp(new − new) has no gradient


def clipped(ratio, advantages, clip):
    """What PPO maximises for each token: (batch, time)."""
    limited = ratio.clamp(1 - clip, 1 + clip)
    return torch.minimum(ratio * advantages, limited * advantages)  # the worse of the two


def kl_estimate(new, ref):
    """The estimator k3 of KL(new ‖ ref) for tokens drawn from new; never negative."""
    gap = ref - new  # log of ref / new
    return gap.exp() - gap - 1


def response_mean(values, mask):
    """(batch, time), (batch, time) → the mean over each row's response, then over the rows."""
    rows = (values * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)  # each by its own length
    return rows.mean()


def grpo_step(model, reference, optimizer, tokens, mask, rewards, old=None, *, clip, beta):
    """Update `model` once on sampled texts; return the loss before the step."""
    advantages = group_advantages(rewards).reshape(-1, 1)  # (batch, 1)
    new = token_logprobs(model(tokens), tokens)  # (batch, time − 1)
    with torch.no_grad():
        ref = token_logprobs(reference(tokens), tokens)
    gain = clipped(ratios(new, old), advantages, clip)
    gain = gain - beta * kl_estimate(new, ref)  # distance costs
    loss = -response_mean(gain, mask[:, 1:])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
