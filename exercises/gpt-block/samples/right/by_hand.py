"""Loops over heads and steps, softmax by hand, dropout by a drawn mask, the loss from log-probabilities."""

import torch
from torch import nn


def split_heads(x, heads):
    batch, time, width = x.shape
    return x.unflatten(2, (heads, width // heads)).permute(0, 2, 1, 3)


def causal_mask(time, device=None):
    return ~torch.triu(torch.ones((time, time), device=device), diagonal=1).bool()


def masked_softmax(scores, mask):
    powers = torch.exp(scores - scores.amax(dim=-1, keepdim=True)) * mask
    return powers / powers.sum(dim=-1, keepdim=True)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.size = width // heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        mask = causal_mask(x.shape[1], x.device)
        found = []
        for start in range(0, x.shape[2], self.size):
            part = slice(start, start + self.size)
            scores = q[..., part] @ k[..., part].mT / self.size**0.5
            found.append(masked_softmax(scores, mask) @ v[..., part])
        return self.out(torch.cat(found, dim=-1))


class MLP(nn.Module):
    def __init__(self, width, dropout):
        super().__init__()
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.keep = 1 - dropout

    def forward(self, x):
        x = self.up(x)
        x = 0.5 * x * (1 + torch.erf(x / 2**0.5))
        x = self.down(x)
        if not self.training:
            return x
        return x * (torch.rand_like(x) < self.keep) / self.keep


class Block(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.norm_1 = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.norm_2 = nn.LayerNorm(width)
        self.mlp = MLP(width, dropout)

    def forward(self, x):
        between = self.attention(self.norm_1(x)) + x
        return self.mlp(self.norm_2(between)) + between


class GPT(nn.Module):
    def __init__(self, vocab, context, width, heads, depth, dropout):
        super().__init__()
        self.token = nn.Embedding(vocab, width)
        self.position = nn.Embedding(context, width)
        self.blocks = nn.ModuleList([Block(width, heads, dropout) for _ in range(depth)])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocab, bias=False)

    def forward(self, tokens):
        steps = torch.zeros_like(tokens) + torch.arange(tokens.shape[1], device=tokens.device)
        x = self.token(tokens) + self.position(steps)  # (batch, time, width)
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.head.weight.T


def train_step(model, optimizer, tokens):
    for parameter in model.parameters():
        parameter.grad = None
    model.train(True)
    told = model(tokens[:, :-1]).log_softmax(dim=-1)
    loss = -told.gather(2, tokens[:, 1:, None]).mean()
    loss.backward()
    optimizer.step()
    return loss.detach().item()
