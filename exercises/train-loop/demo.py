"""Trains a digit classifier, starts anew after every epoch, and compares with one go."""

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader, TensorDataset, random_split

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

BATCH, ACCUMULATE = 32, 2
HIDDEN = 96


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.set_num_threads(1)  # so small a model: more threads only wait for each other
    program = _Program(solution, stage)
    yield Say(
        Text(
            f"{len(program.train)} handwritten digits to train on, {len(program.valid)} to validate "
            "with. After every epoch the program ends and starts anew from its checkpoint.",
            f"{len(program.train)} 个手写数字用于训练，{len(program.valid)} 个用于验证。"
            "每个 epoch 之后程序都结束，再从检查点重新开始。",
        )
    )
    epochs = stage.steps(quick=12, full=60)
    path = Path(stage.folder, "last.pt")
    torch.manual_seed(stage.seed)
    for epoch in range(1, epochs + 1):
        model, history, rate = program.run(epochs, epoch, path)
        yield Metric("loss", epoch, history["train_loss"][-1])
        yield Metric("valid_loss", epoch, history["valid_loss"][-1])
        yield Metric("valid_accuracy", epoch, history["valid_accuracy"][-1])
        yield Metric("learning_rate", epoch, rate)
        yield Progress(Text("epochs, each a new start", "epoch，每个都重新开始"), epoch, epochs)
        if epoch == 1:
            yield Artefact(str(path))
        torch.manual_seed(stage.seed + epoch)  # a new program has other random numbers
    yield Say(Text("The same again, in one go.", "同样的训练，这次不中断。"))
    torch.manual_seed(stage.seed)
    straight = Path(stage.folder, "in-one-go.pt")
    other, its_history, _ = program.run(epochs, epochs, straight)
    yield _compared(model, history, other, its_history)
    yield from _facts(program, model, history, stage)


class _Program:
    """What a training script is, apart from the loop."""

    def __init__(self, solution, stage):
        from sklearn.datasets import load_digits

        digits = load_digits()
        x = torch.tensor(digits.data, dtype=torch.float32) / 16  # (1797, 64)
        data = TensorDataset(x, torch.tensor(digits.target))
        chance = torch.Generator().manual_seed(stage.seed)
        self.train, self.valid = random_split(data, [0.8, 0.2], generator=chance)
        self.solution, self.device = solution, stage.device
        self.amp = stage.device.startswith("cuda") and torch.cuda.is_bf16_supported()

    def run(self, planned, until, checkpoint):
        """Call `fit` with everything new; return the model, the history and the rate at the end."""
        model = nn.Sequential(
            nn.Linear(64, HIDDEN), nn.ReLU(), nn.Dropout(0.2), nn.Linear(HIDDEN, 10)
        ).to(self.device)
        optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
        each = -(-len(self.train) // (BATCH * ACCUMULATE))  # steps of an epoch, rounded up
        scheduler = LambdaLR(
            optimizer, lambda step: self.solution.lr_factor(step, each, planned * each)
        )
        history = self.solution.fit(
            model, DataLoader(self.train, BATCH, shuffle=True), self.held_out(), F.cross_entropy,
            optimizer, scheduler, epochs=until, checkpoint=checkpoint, accumulate=ACCUMULATE,
            max_norm=1.0, amp=self.amp, device=self.device,
        )  # fmt: skip
        return model, history, scheduler.get_last_lr()[0]

    def held_out(self):
        """The validation batches."""
        return DataLoader(self.valid, 100)


def _compared(model, history, other, its_history):
    """The restarted training beside the one in one go."""
    head = ("", Text("restarted", "反复重启"), Text("in one go", "一次完成"), Text("apart", "相差"))
    names = (
        ("train_loss", Text("training loss, last epoch", "训练损失，最后一个 epoch")),
        ("valid_loss", Text("validation loss, last epoch", "验证损失，最后一个 epoch")),
        ("valid_accuracy", Text("validation accuracy, last epoch", "验证准确率，最后一个 epoch")),
    )
    rows = []
    for key, name in names:
        one, two = float(history[key][-1]), float(its_history[key][-1])
        rows.append((name, f"{one:.6f}", f"{two:.6f}", f"{abs(one - two):.1e}"))
    pairs = zip(model.state_dict().values(), other.state_dict().values(), strict=True)
    apart = max((one - two).abs().max().item() for one, two in pairs)
    rows.append((Text("weights of the best epoch", "最好 epoch 的权重"), "", "", f"{apart:.1e}"))
    return Table(Text("Does a restart change anything?", "重启会改变结果吗？"), head, tuple(rows))


def _facts(program, model, history, stage):
    """The line of each number that stays."""
    loss, accuracy = program.solution.evaluate(
        model, program.held_out(), F.cross_entropy, device=stage.device
    )
    best = Path(stage.folder, "best.pt")
    torch.save(model.state_dict(), best)
    losses = list(history["valid_loss"])
    yield Fact(Text("validation accuracy", "验证准确率"), f"{float(accuracy):.4f}")
    yield Fact(Text("validation loss", "验证损失"), f"{float(loss):.4f}")
    yield Fact(Text("best epoch", "最好的 epoch"), f"{losses.index(min(losses)) + 1}/{len(losses)}")
    yield Fact(Text("parameters", "参数量"), f"{sum(p.numel() for p in model.parameters()):,}")
    off = Text("off: the device is not a GPU with bfloat16", "未启用：设备不是支持 bfloat16 的 GPU")
    yield Fact(Text("mixed precision", "混合精度"), "bfloat16" if program.amp else off)
    yield Fact(Text("data", "数据"), "scikit-learn digits (8 × 8, 1,797)")
    yield Artefact(str(best))
