"""Imports every name by itself, saves beside the file and renames, and waits with a broadcast."""

from contextlib import ExitStack, contextmanager
from os import environ, replace

from torch import float64, no_grad, save, tensor
from torch.cuda import set_device
from torch.distributed import (
    all_gather,
    broadcast_object_list,
    destroy_process_group,
    get_world_size,
    init_process_group,
)
from torch.nn.parallel import DistributedDataParallel
from torch.optim import SGD
from torch.utils.data import BatchSampler, DataLoader, DistributedSampler


@contextmanager
def process_group(device):
    init_process_group({"cpu": "gloo", "cuda": "nccl"}[device])
    try:
        yield int(environ["RANK"])
    finally:
        destroy_process_group()


def train(model, dataset, loss_fn, **options):
    with process_group(options.get("device", "cpu")) as rank:
        return Trainer(model, dataset, loss_fn, rank, **options).run()


class Trainer:
    def __init__(
        self, model, dataset, loss_fn, rank, *, epochs, batch_size, lr, accumulate=1,
        checkpoint=None, device="cpu", seed=0,
    ):  # fmt: skip
        self.place = "cpu"
        if device == "cuda":
            self.place = "cuda:" + environ["LOCAL_RANK"]
            set_device(self.place)
        self.rank, self.epochs, self.accumulate = rank, epochs, accumulate
        self.checkpoint, self.loss_fn = checkpoint, loss_fn
        self.model = model.to(self.place)
        self.ddp = DistributedDataParallel(
            self.model, bucket_cap_mb=0.00005, gradient_as_bucket_view=True, broadcast_buffers=False
        )
        self.optimizer = SGD(self.ddp.parameters(), lr, foreach=False)
        self.sampler = DistributedSampler(dataset, shuffle=True, seed=seed, drop_last=True)
        self.loader = DataLoader(
            dataset, batch_sampler=BatchSampler(self.sampler, batch_size, drop_last=False)
        )

    def run(self):
        history = [self.epoch(number) for number in range(self.epochs)]
        if self.checkpoint is not None:
            if self.rank == 0:
                save(self.model.state_dict(), f"{self.checkpoint}.tmp")
                replace(f"{self.checkpoint}.tmp", self.checkpoint)
            broadcast_object_list(["saved"], src=0)
        return tuple(history)

    def epoch(self, number):
        self.sampler.set_epoch(number)
        groups, group = [], []
        for batch in self.loader:
            group.append([value.to(self.place) for value in batch])
            if len(group) == self.accumulate:
                groups.append(group)
                group = []
        if group:
            groups.append(group)
        means, counts = zip(*(self.step(group) for group in groups), strict=True)
        return self.over_all_ranks(means, counts)

    def step(self, group):
        *others, last = group
        count = sum(y.shape[0] for _, y in group)
        total = 0.0
        self.optimizer.zero_grad()
        with ExitStack() as quiet:
            if others:
                quiet.enter_context(self.ddp.no_sync())
            for x, y in others:
                total += self.backward(x, y, count)
        total += self.backward(*last, count)
        self.optimizer.step()
        return total, count

    def backward(self, x, y, count):
        share = self.loss_fn(self.ddp(x), y) * tensor(len(y) / count)
        share.backward()
        return share.detach()

    def over_all_ranks(self, means, counts):
        with no_grad():
            mine = sum(m * c for m, c in zip(means, counts, strict=True)) / sum(counts)
        mine = mine.to(float64).reshape(1)
        all_of_them = [mine.clone() for _ in range(get_world_size())]
        all_gather(all_of_them, mine)
        return sum(value.item() for value in all_of_them) / len(all_of_them)
