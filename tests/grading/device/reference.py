import torch


def add_one(x):
    return x + torch.ones(5, device=x.device)
