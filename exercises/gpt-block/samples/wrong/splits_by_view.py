"""Cuts the numbers of all steps into heads instead of the columns of each step.

fails: test_heads_are_columns_of_each_step
"""

import math

import torch
from torch import nn
from torch.nn import functional as F


def split_heads(x, heads):
    """(batch, time, width) → (batch, heads, time, width / heads)."""
    batch, time, width = x.shape
    return x.reshape(batch, heads, time, width // heads)


def causal_mask(time, device=None):
    """→ (time, time) bool: True where the step of the row may look at the step of the column."""
    every = torch.ones(time, time, dtype=torch.bool, device=device)
    return every.tril()  # a step sees itself and what came before


def masked_softmax(scores, mask):
    """(…, time, time), (time, time) → weights, (…, time, time); each row sums to 1."""
    scores = scores.masked_fill(~mask, -math.inf)  # exp(0) is 1, exp(-inf) is 0
    return scores.softmax(dim=-1)


class Attention(nn.Module):
    """Causal self-attention: (batch, time, width) → the same shape."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.scale = 1 / math.sqrt(width // heads)  # a score adds up the products of one head
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        q, k, v = (split_heads(part, self.heads) for part in self.qkv(x).chunk(3, dim=-1))
        scores = self.scale * (q @ k.mT)  # (batch, heads, time, time)
        weights = masked_softmax(scores, causal_mask(x.shape[1], x.device))
        return self.out((weights @ v).transpose(1, 2).flatten(2))


class MLP(nn.Module):
    """Two layers with GELU and dropout: (batch, time, width) → the same shape."""

    def __init__(self, width, dropout):
        super().__init__()
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.dropout = dropout

    def forward(self, x):
        x = self.down(F.gelu(self.up(x)))
        return F.dropout(x, self.dropout, training=self.training)  # the default is True


class Block(nn.Module):
    """Attention, then an MLP, each on what is normalised and added to what is not."""

    def __init__(self, width, heads, dropout):
        super().__init__()
        self.norm_1 = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.norm_2 = nn.LayerNorm(width)
        self.mlp = MLP(width, dropout)

    def forward(self, x):
        x = x + self.attention(self.norm_1(x))
        return x + self.mlp(self.norm_2(x))  # the sum itself is never normalised


class GPT(nn.Module):
    """(batch, time) tokens, time ≤ context → logits of the next token, (batch, time, vocab)."""

    def __init__(self, vocab, context, width, heads, depth, dropout):
        super().__init__()
        self.token = nn.Embedding(vocab, width)
        self.position = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocab, bias=False)

    def forward(self, tokens):
        steps = torch.arange(tokens.shape[1], device=tokens.device)  # (time,)
        x = self.token(tokens) + self.position(steps)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def train_step(model, optimizer, tokens):
    """Train `model` on (batch, time) tokens to tell the next one; return the loss before the step."""
    model.train()
    logits = model(tokens[:, :-1])
    targets = tokens[:, 1:]
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())  # shifted once, above
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
