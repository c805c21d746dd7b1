"""Quantizes a trained network with your functions: accuracy, size and error by number of bits."""

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn import functional as F

from prep.lab.events import Artefact, Fact, Metric, Progress, Table, Text

OUTLIER = 30.0  # one input channel of large values, as in transformers


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.set_num_threads(1)
    x_train, x_test, y_train, y_test = _digits(stage.seed)
    yield Fact(
        "data",
        Text(
            f"scikit-learn digits: {len(x_train)} for training, {len(x_test)} for the test; a 65th "
            "input is noise of ±90, an outlier as in transformers, for which all inputs pay",
            f"scikit-learn digits：训练 {len(x_train)} 个，测试 {len(x_test)} 个；第 65 个输入是 ±90 的"
            "噪声，像 Transformer 里的离群通道，所有输入都为它付出精度",
        ),
    )
    model = nn.Sequential(nn.Linear(65, 48), nn.ReLU(), nn.Linear(48, 10))
    yield Fact("parameters", str(sum(p.numel() for p in model.parameters())))
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    epochs = stage.steps(quick=40, full=200)
    file = stage.folder / "model.pt"
    try:
        for epoch in range(1, epochs + 1):
            for rows in torch.randperm(len(x_train)).split(64):
                optimizer.zero_grad()
                loss = F.cross_entropy(model(x_train[rows]), y_train[rows])
                loss.backward()
                optimizer.step()
            yield Progress(Text("training", "训练"), epoch, epochs)
            yield Metric("loss", epoch, loss.item())
    finally:  # Ctrl-C too
        torch.save(model.state_dict(), file)
        yield Artefact(str(file))
    first, last = model[0], model[2]
    for bits in range(2, 9):
        for name, axis in (("per tensor", None), ("per channel", 0)):
            weights = [
                _rounded(solution, layer.weight.detach(), bits, axis) for layer in (first, last)
            ]
            yield Metric(
                f"accuracy, {name}, by bits",
                bits,
                _accuracy(_forward(x_test, model, weights), y_test),
            )
    with torch.no_grad():
        logits = model(x_test)
    codes, ranges = _integer_network(solution, model, x_train, x_test)
    size = sum(p.numel() for p in model.parameters())
    yield Table(
        Text("the same network", "同一个网络"),
        (Text("arithmetic", "运算"), Text("accuracy", "准确率"), Text("kB", "kB"), Text("range of the hidden layer", "隐藏层的区间")),
        (
            ("float32", f"{_accuracy(logits, y_test):.2%}", f"{4 * size / 1000:.1f}", "–"),
            *((f"int8, coverage {share}", f"{_accuracy(found, y_test):.2%}", f"{size / 1000:.1f}", f"{low:.2f} … {high:.2f}")
              for (share, found), (low, high) in zip(codes.items(), ranges, strict=True)),
        ),
    )  # fmt: skip


def _digits(seed):
    digits = load_digits()
    x = torch.tensor(digits.data / 16, dtype=torch.float32)
    generator = torch.Generator().manual_seed(seed)
    outlier = OUTLIER * torch.randn(len(x), 1, generator=generator)
    x, y = torch.cat([x, outlier], dim=1), torch.tensor(digits.target)
    return train_test_split(x, y, test_size=0.4, stratify=y, random_state=seed)


def _rounded(solution, w, bits, axis):
    """Return weights that went to `bits` bits and back."""
    scale = solution.symmetric_scale(w, axis) * 127 / (2 ** (bits - 1) - 1)
    zero = 0 if axis is None else torch.zeros(w.shape[axis], dtype=torch.int64)
    end = 2 ** (bits - 1) - 1
    return solution.dequantize(
        solution.quantize(w, scale, zero, -end, end, axis), scale, zero, axis
    )


def _forward(x, model, weights):
    with torch.no_grad():
        hidden = F.relu(F.linear(x, weights[0], model[0].bias))
        return F.linear(hidden, weights[1], model[2].bias)


def _accuracy(scores, y):
    return (scores.argmax(1) == y).float().mean().item()


def _integer_network(solution, model, x_train, x_test):
    """Return the codes of the logits for three coverages of the calibration, and the ranges."""
    first, last = model[0], model[2]
    codes, ranges = {}, []
    with torch.no_grad():
        hidden = [F.relu(first(rows)) for rows in x_train.split(64)]
        logits = [model(rows) for rows in x_train.split(64)]
    for share in (1.0, 0.999, 0.9):
        x_scale, x_zero = solution.affine_params(*solution.calibrate(x_train.split(64)))
        span = solution.calibrate(hidden, share)
        h_scale, h_zero = solution.affine_params(*span)
        y_scale, y_zero = solution.affine_params(*solution.calibrate(logits))
        q = solution.quantize(x_test, x_scale, x_zero, 0, 255)
        q = _layer(solution, q, x_scale, x_zero, first, h_scale, h_zero)
        q = q.clamp(min=h_zero)  # ReLU on codes
        q = _layer(solution, q, h_scale, h_zero, last, y_scale, y_zero)
        codes[share] = q
        ranges.append(span)
    return codes, ranges


def _layer(solution, q, scale, zero, layer, y_scale, y_zero):
    w = layer.weight.detach()
    w_scale = solution.symmetric_scale(w, 0)
    none = torch.zeros(len(w), dtype=torch.int64)
    w_q = solution.quantize(w, w_scale, none, -128, 127, 0)
    bias = layer.bias.detach()
    return solution.quantized_linear(q, scale, zero, w_q, w_scale, bias, y_scale, y_zero)
