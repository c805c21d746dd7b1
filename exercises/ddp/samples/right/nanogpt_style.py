"""Switches require_backward_grad_sync by hand, and shares the data with every world-th example."""

import os

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel as DDP  # noqa: N817


class Strided:
    """The examples rank, rank + world, … of one common order."""

    def __init__(self, count, seed):
        self.count, self.seed = count, seed
        self.rank, self.world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])

    def order(self, epoch):
        generator = torch.Generator()
        generator.manual_seed(self.seed * 10_000 + epoch)
        return torch.randperm(self.count, generator=generator)[self.rank :: self.world].tolist()


def batches_of(dataset, order, size):
    for start in range(0, len(order), size):
        xs, ys = zip(*(dataset[i] for i in order[start : start + size]), strict=True)
        yield torch.stack(xs), torch.stack(ys)


def train(
    model, dataset, loss_fn, *, epochs, batch_size, lr, accumulate=1, checkpoint=None, device="cpu",
    seed=0,
):  # fmt: skip
    is_gpu = device.startswith("cuda")
    if is_gpu:
        device = f"cuda:{os.environ['LOCAL_RANK']}"
        torch.cuda.set_device(device)
    dist.init_process_group(backend="nccl" if is_gpu else "gloo")
    master = dist.get_rank() == 0
    try:
        model.to(device).train()
        ddp = DDP(model, device_ids=[int(os.environ["LOCAL_RANK"])] if is_gpu else None)
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        sampler = Strided(len(dataset), seed)
        losses = []
        for epoch in range(epochs):
            order = sampler.order(epoch)
            micro_steps = -(-len(order) // batch_size)
            loss_sum = torch.zeros(1, device=device)  # float32 is enough for a report
            in_group = 0
            for step, (x, y) in enumerate(batches_of(dataset, order, batch_size)):
                group = step // accumulate
                first = group * accumulate * batch_size
                examples = len(order[first : first + accumulate * batch_size])
                in_group += 1
                last = in_group == accumulate or step == micro_steps - 1
                ddp.require_backward_grad_sync = last
                loss = loss_fn(ddp(x.to(device)), y.to(device))
                loss_sum += loss.item() * len(y)
                loss = loss * len(y) / examples
                loss.backward()
                if last:
                    optimizer.step()
                    optimizer.zero_grad(set_to_none=True)
                    in_group = 0
            dist.reduce(loss_sum, dst=0)
            dist.broadcast(loss_sum, src=0)
            losses.append(float(loss_sum) / len(dataset))
        if master and checkpoint is not None:
            torch.save(
                {name: value.cpu() for name, value in model.state_dict().items()}, checkpoint
            )
        dist.barrier()
    finally:
        dist.destroy_process_group()
    return losses
