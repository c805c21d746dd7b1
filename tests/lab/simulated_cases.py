"""What torch code does on the simulated device: run in a process of its own, answers as JSON.

`SAME` must give on the device what it gives on the CPU; `REFUSED` is what CUDA refuses because of
devices, `TAKEN` what it takes; `UNKNOWN` is not simulated. d is the device.
"""

# mypy: ignore-errors

import copy
import json
from io import BytesIO

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody does
from torch.nn.utils import rnn
from torch.utils.data import DataLoader, TensorDataset

from prep.lab import simulated

SAME, REFUSED, TAKEN, UNKNOWN = {}, {}, {}, {}


def same(case):
    SAME[case.__name__] = case
    return case


def _trained(optimizer, d, **options):
    model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Dropout(0.3), nn.Linear(5, 2)).to(d)
    optimizer = optimizer(model.parameters(), lr=0.05, **options)
    for _ in range(3):
        loss = model(torch.ones(2, 3, device=d)).pow(2).sum()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    state = copy.deepcopy(optimizer.state_dict())
    optimizer.load_state_dict(state)
    return loss.item(), [p.sum().item() for p in model.parameters()]


OPTIMIZERS = (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop)
for kind in (*OPTIMIZERS, torch.optim.Adagrad, torch.optim.NAdam):
    SAME[f"optimizer_{kind.__name__}"] = lambda d, kind=kind: _trained(kind, d)
SAME["optimizer_fused"] = lambda d: _trained(torch.optim.AdamW, d, fused=True)
SAME["optimizer_foreach"] = lambda d: _trained(torch.optim.SGD, d, momentum=0.9, foreach=True)


def _recurrent(kind, d, **options):
    net = kind(8, 6, batch_first=True, bidirectional=True, **options).to(d)
    x = torch.randn(4, 5, 8, device=d, requires_grad=True)
    outputs, state = net(x)
    first = state[0] if isinstance(state, tuple) else state
    (outputs.square().sum() + first.sum()).backward()
    return (
        outputs.sum().item(),
        x.grad.sum().item(),
        [p.grad.sum().item() for p in net.parameters()],
    )


for kind in (nn.RNN, nn.LSTM, nn.GRU):
    SAME[f"recurrent_{kind.__name__}"] = lambda d, kind=kind: _recurrent(kind, d, num_layers=2)


@same
def packed_sequences(d):
    net, x = nn.LSTM(8, 6, batch_first=True).to(d), torch.randn(4, 5, 8, device=d)
    lengths = torch.tensor([2, 5, 1, 4], device=d)
    packed = rnn.pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
    outputs, (state, _) = net(packed)
    padded, again = rnn.pad_packed_sequence(outputs, batch_first=True)
    (padded.sum() + state.square().sum()).backward()
    return (
        again.tolist(),
        again.device.type,
        padded.sum().item(),
        net.weight_ih_l0.grad.sum().item(),
    )


@same
def optimizer_made_before_the_move(d):
    model = nn.Linear(3, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    model.to(d)
    for _ in range(2):
        model(torch.ones(2, 3, device=d)).square().sum().backward()
        optimizer.step()
    return model.weight.sum().item()


@same
def gradient_descent_by_hand(d):
    w = nn.Parameter(torch.randn(3, 2, device=d))
    for _ in range(3):
        w.grad = None
        (torch.ones(2, 3, device=d) @ w).square().sum().backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
        w.data -= 0.01 * w.grad.data
        w.data = w.data * 0.9
    return w.sum().item(), w.is_leaf, isinstance(w, nn.Parameter)


@same
def attention(d):
    net = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True).to(d)
    x, hidden = torch.randn(3, 7, 16, device=d), torch.arange(7, device=d) > 4
    net(x, src_key_padding_mask=hidden.expand(3, 7)).square().mean().backward()
    mask = torch.ones(7, 7, dtype=torch.bool, device=d).tril()
    q = torch.randn(2, 4, 7, 8, device=d, requires_grad=True)
    both = F.scaled_dot_product_attention(q, q, q, attn_mask=mask)
    both = both + F.scaled_dot_product_attention(q, q, q, is_causal=True)
    both.square().sum().backward()
    with torch.no_grad():
        last = net.eval()(x, src_key_padding_mask=hidden.expand(3, 7)).sum().item()
    return last, q.grad.sum().item(), net.linear1.weight.grad.sum().item()


@same
def convolution_and_batch_norm(d):
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten()).to(d)
    x = torch.randn(3, 1, 9, 9, device=d, requires_grad=True)
    net(x).square().sum().backward()
    return x.grad.sum().item(), net[1].running_var.sum().item(), net.eval()(x).sum().item()


@same
def indexing(d):
    x, rows = torch.randn(4, 5, 6, device=d), torch.arange(4)
    i = torch.tensor([1, 2, 0, 3], device=d)
    parts = [x[rows, i], x[i.cpu()], x[:, i], x[x > 0], x[..., -1], x[[0, 1]], x[i[0]]]
    z = x.clone()
    z[rows, i.cpu()] = 1.0
    z[z < 0], z[0], z[:, 1], z[rows > 2] = 0, torch.zeros(5, 6), torch.tensor(2.0), 3
    z[rows, i] = torch.ones(4, 6, device=d)
    where = torch.where(x > 0, x, 0.0).sum() + torch.where(x > 0, torch.tensor(1.0), x).sum()
    taken = x.gather(1, i.view(-1, 1, 1)).sum() + x.index_select(1, i).sum()
    return [part.sum().item() for part in (*parts, z, where, taken)]


@same
def shapes_changed_in_place(d):
    x = torch.randn(4, 5, device=d).unsqueeze_(0)
    x.squeeze_(0).t_()
    return list(x.shape), x.sum(0).tolist(), x.transpose_(0, 1)[0].tolist()


@same
def losses(d):
    x = torch.randn(4, 3, device=d, requires_grad=True)
    y = torch.tensor([0, 2, 1, 1], device=d)
    loss = F.cross_entropy(x, y, weight=torch.tensor([1.0, 2.0, 3.0], device=d))
    loss = loss + F.mse_loss(x, x.detach() + 1) + F.cross_entropy(x, y, label_smoothing=0.1)
    loss = loss + F.binary_cross_entropy_with_logits(x, F.one_hot(y, 3).float())
    loss.backward()
    return loss.item(), x.grad.abs().sum().item()


@same
def numbers_and_text(d):
    x = torch.arange(6, device=d).reshape(2, 3)
    plain = [x.tolist(), [row.tolist() for row in x], len(x), int(x[0, 1]), bool(x[1, 1] > 0)]
    shown = [f"{x.sum():.2f}", str(x)[:20], x.float().mean().item(), list(range(x[1, 0]))]
    return plain, shown, x.cpu().numpy().sum().item(), [torch.equal(x, x + 0), x.max().item()]


@same
def new_tensors(d):
    x = torch.ones(3, device=d)
    made = [x.new_zeros(3), x.new_tensor([1, 2, 3]), torch.zeros_like(x), torch.eye(3, device=d)[0]]
    made += [torch.arange(3, device=x.device), torch.full_like(x, 3), torch.ones(3).to(x)]
    made += [torch.linspace(0, 1, 3, device=d), torch.as_tensor([1, 2, 3], device=d)]
    with torch.device(d):
        made.append(nn.Linear(3, 2)(torch.ones(3)).repeat(2)[:3])
    return sum(made).tolist()


@same
def chance(d):
    x = torch.ones(2, 3, device=d)
    drawn = [torch.randn(3, device=d), torch.randperm(5, device=d), torch.rand_like(x)]
    drawn += [torch.bernoulli(x * 0.5), torch.multinomial(x, 1), F.dropout(x, 0.5)]
    return [value.tolist() for value in drawn]


@same
def copies_and_states(d):
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)).to(d)
    state = copy.deepcopy(model.state_dict())
    other = copy.deepcopy(model)
    other.load_state_dict({key: value.cpu() for key, value in state.items()})
    vector = nn.utils.parameters_to_vector(model.parameters())
    nn.utils.vector_to_parameters(vector * 2, other.parameters())
    return vector.norm().item(), other(torch.ones(2, 3, device=d)).sum().item()


@same
def inference_mode(d):
    model, x = nn.Sequential(nn.Embedding(5, 4), nn.LayerNorm(4)).to(d), torch.ones(2, 3, device=d)
    with torch.inference_mode():
        return model(torch.tensor([1, 2]).to(d)).sum().item(), x.view(6)[1:].detach().sum().item()


@same
def loaders(d):
    sums = 0.0
    data = TensorDataset(torch.arange(10.0), torch.arange(10))
    for pinned in (False, True):
        for x, y in DataLoader(data, batch_size=3, pin_memory=pinned and d != "cpu"):
            sums += (x.to(d, non_blocking=True) * y.to(d)).sum().item()
    return sums


@same
def autocast_switched_off(d):
    with torch.autocast(torch.device(d).type, dtype=torch.bfloat16, enabled=False):
        return nn.Linear(8, 4).to(d)(torch.randn(5, 8, device=d)).sum().item()


@same
def second_derivatives(d):
    x = torch.randn(3, device=d, requires_grad=True)
    (slope,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
    slope.square().sum().backward()
    return x.grad.sum().item()


@same
def gradients_of_each_record(d):
    model = nn.Linear(3, 2).to(d)
    start = {name: p.detach() for name, p in model.named_parameters()}

    def loss(values, row):
        return torch.func.functional_call(model, values, (row,)).square().sum()

    each = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0))
    return each(start, torch.randn(4, 3, device=d))["weight"].sum(0).tolist()


def _fill():
    d = simulated.NAME
    x, w, mask = torch.randn(4, 5, 8, device=d), torch.randn(8, 8), torch.arange(5) > 2
    net, lstm = nn.RNN(8, 6, batch_first=True).to(d), nn.LSTM(8, 6, batch_first=True).to(d)
    embedding, y = nn.Embedding(9, 8).to(d), torch.tensor([0, 1, 2, 3])
    norm, lengths = nn.LayerNorm(8), torch.tensor([5, 4, 2, 1])
    REFUSED.update({
        "state made on the CPU": lambda: torch.zeros(4, 8) @ w.to(d),
        "first state of a cell": lambda: nn.GRUCell(8, 6).to(d)(x[:, 0], torch.zeros(4, 6)),
        "first state of RNN": lambda: net(x, torch.zeros(1, 4, 6)),
        "first state of LSTM": lambda: lstm(x, (torch.zeros(1, 4, 6), torch.zeros(1, 4, 6))),
        "input not moved": lambda: nn.Linear(8, 2).to(d)(x.cpu()),
        "recurrent input not moved": lambda: net(x.cpu()),
        "model not moved": lambda: nn.Linear(8, 2)(x),
        "labels not moved": lambda: F.cross_entropy(x[:, 0], y),
        "weights not moved": lambda: F.cross_entropy(x[:, 0], y.to(d), weight=torch.ones(8)),
        "positions into an embedding": lambda: embedding(torch.arange(5)),
        "mask of masked_fill": lambda: x[:, :, 0].masked_fill(mask, 0.0),
        "mask of where": lambda: torch.where(mask, x[:, :, 0], 0.0),
        "mask of attention": lambda: F.scaled_dot_product_attention(x, x, x, mask.expand(5, 5)),
        "keys of attention": lambda: F.scaled_dot_product_attention(x, x.cpu(), x),
        "positions against lengths": lambda: torch.arange(5) < lengths.to(d)[:, None],
        "sum of two places": lambda: x + torch.zeros(8),
        "total on the CPU": lambda: torch.zeros(()).add_(x.sum()),
        "scalar of the device, array of the CPU": lambda: x.sum() * torch.ones(3),
        "joined": lambda: torch.cat([x[:, 0], torch.zeros(4, 8)]),
        "stacked scalars": lambda: torch.stack([x.sum(), torch.tensor(0.0)]),
        "array of the CPU by index of the device": lambda: w[y.to(d)],
        "values written at an index": lambda: x.clone().index_put_((y,), torch.zeros(4, 5, 8)),
        "gathered": lambda: x.gather(1, torch.zeros(4, 1, 8, dtype=torch.long)),
        "layer norm not moved": lambda: norm(x),
        "matrix products": lambda: torch.einsum("bth,hk->btk", x, w),
        "squared error": lambda: F.mse_loss(x, torch.zeros(4, 5, 8)),
        "lengths of packing": lambda: rnn.pack_padded_sequence(x, lengths.to(d), True),
        "numpy without cpu": x.numpy,
    })  # fmt: skip
    TAKEN.update({
        "scalar of the CPU": lambda: x + torch.tensor(1.0),
        "scalar of the CPU in where": lambda: torch.where(x > 0, torch.tensor(5.0), x),
        "index of the CPU": lambda: x[torch.arange(4), torch.zeros(4, dtype=torch.long)],
        "indices of both": lambda: x[torch.arange(4), y.to(d)],
        "mask of the CPU as an index": lambda: x[lengths > 1],
        "written at an index of the CPU": lambda: x.clone().index_put_((y,), torch.tensor(0.0)),
        "filled from the CPU": lambda: x.clone().fill_(torch.tensor(0.0)),
        "copied across": lambda: torch.zeros(4, 5, 8).copy_(x),
        "assigned from the CPU": lambda: x.clone().__setitem__(0, torch.zeros(5, 8)),
        "lengths on the CPU": lambda: rnn.pack_padded_sequence(x, lengths, True),
    })  # fmt: skip
    UNKNOWN.update({
        "an operation not in the table": lambda: torch.isin(x[0, 0], w[0]),
        "a shape changed in place": lambda: x.clone().resize_(8, 20),
        "saving": lambda: torch.save(x, BytesIO()),
        "a generator of the device": lambda: torch.Generator(device=d),
    })  # fmt: skip


def _told(case, *device):
    torch.manual_seed(3)
    try:
        answer = case(*device)
    except Exception as error:  # noqa: BLE001 - told
        return {"type": type(error).__name__, "error": str(error)}
    return {"answer": answer if device else None}


def main():
    simulated.start()
    torch.set_num_threads(1)
    both = {name: [_told(case, d) for d in ("cpu", simulated.NAME)] for name, case in SAME.items()}
    _fill()
    others = {"refused": REFUSED, "taken": TAKEN, "unknown": UNKNOWN}
    told = {kind: {n: _told(case) for n, case in all_.items()} for kind, all_ in others.items()}
    print(json.dumps({"same": both, **told}))


if __name__ == "__main__":
    main()
