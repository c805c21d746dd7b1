"""Torch's own attention and dropout modules; einops-like views; the whole text goes through the model."""

import torch
from torch import nn
from torch.nn import functional as F


def split_heads(x, heads):
    return torch.stack(x.chunk(heads, dim=-1), dim=1)


def causal_mask(time, device=None):
    steps = torch.arange(time, device=device)
    return steps[None, :] <= steps[:, None]


def masked_softmax(scores, mask):
    hidden = torch.zeros(mask.shape, device=scores.device).masked_fill(mask.logical_not(), -1e9)
    return F.softmax(scores + hidden, dim=-1)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        q, k, v = (split_heads(each, self.heads) for each in self.qkv(x).split(x.shape[-1], dim=-1))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(torch.cat(y.unbind(1), dim=-1))


class MLP(nn.Module):
    def __init__(self, width, dropout):
        super().__init__()
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        return self.drop(self.down(nn.GELU()(self.up(x))))


class Block(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.attention, self.mlp = Attention(width, heads), MLP(width, dropout)
        self.norm_1, self.norm_2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x):
        for norm, branch in ((self.norm_1, self.attention), (self.norm_2, self.mlp)):
            x = x + branch(norm(x))
        return x


class GPT(nn.Module):
    def __init__(self, vocab, context, width, heads, depth, dropout):
        super().__init__()
        self.token, self.position = nn.Embedding(vocab, width), nn.Embedding(context, width)
        self.blocks = nn.Sequential(*(Block(width, heads, dropout) for _ in range(depth)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocab, bias=False)

    def forward(self, tokens):
        x = self.token(tokens) + self.position.weight[: tokens.size(1)]
        return self.head(self.norm(self.blocks(x)))


def train_step(model, optimizer, tokens):
    model.train()
    optimizer.zero_grad(set_to_none=True)
    logits = model(tokens)[:, :-1].transpose(1, 2)
    loss = F.cross_entropy(logits, tokens[:, 1:])
    loss.backward()
    optimizer.step()
    return float(loss.detach())
