"""A mask kept as a buffer, split heads inline, inputs and targets made first, sums in another order."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def split_heads(x, heads):
    b, t, c = x.size()
    return (
        x.view(b, t, heads, c // heads).transpose(1, 2)
        if x.is_contiguous()
        else torch.stack(
            [x[:, :, i * (c // heads) : (i + 1) * (c // heads)] for i in range(heads)], 1
        )
    )


def causal_mask(time, device=None):
    return torch.tril(torch.ones(time, time, device=device)) == 1


def masked_softmax(scores, mask):
    scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    return torch.softmax(scores, -1)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.n_head = heads

    def forward(self, x):
        b, t, c = x.size()
        q, k, v = self.qkv(x).split(c, dim=2)
        q, k, v = (part.reshape(b, t, self.n_head, -1).transpose(1, 2) for part in (q, k, v))
        att = masked_softmax(
            (q / math.sqrt(q.size(-1))) @ k.transpose(2, 3), causal_mask(t, x.device)
        )
        y = (att @ v).transpose(1, 2).contiguous().view(b, t, c)
        return self.out(y)


class MLP(nn.Module):
    def __init__(self, width, dropout):
        super().__init__()
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.p = dropout

    def forward(self, x):
        x = self.down(F.gelu(self.up(x)))
        if self.training:
            x = F.dropout(x, p=self.p)
        return x


class Block(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.norm_1 = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.norm_2 = nn.LayerNorm(width)
        self.mlp = MLP(width, dropout)

    def forward(self, x):
        stream = x
        stream = stream + self.attention(self.norm_1(stream))
        normed = self.norm_2(stream)
        return stream + self.mlp(normed)


class GPT(nn.Module):
    def __init__(self, vocab, context, width, heads, depth, dropout):
        super().__init__()
        self.token = nn.Embedding(vocab, width)
        self.position = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocab, bias=False)

    def forward(self, tokens):
        time = tokens.size(1)
        x = self.position(torch.arange(time, device=tokens.device)).unsqueeze(0) + self.token(
            tokens
        )
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def train_step(model, optimizer, tokens):
    if not model.training:
        model.train()
    inputs, targets = tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()
    logits = model(inputs)
    loss = F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()
