"""Facts about a solution; two ranks are started for what needs them."""

import builtins
import multiprocessing
import sys
import tempfile
from functools import partial
from pathlib import Path

import torch
import torch.distributed as dist
from shared import STEPS, run_rank
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

START = "fork" if sys.platform == "linux" else "spawn"
WORLD = 2
PATIENCE = 60  # seconds for both ranks: less than a call may take


def placed(solution, environ, has_cuda):
    """What `placement` says; a torch.device is written out."""
    told = solution.placement(dict(environ), has_cuda)
    return {**told, "device": str(told["device"])}


def shares(solution, count, batch_size, world, seed, epochs):
    """The batches of each rank in each epoch, as numbers of examples."""
    data = TensorDataset(torch.arange(count))
    found = []
    for rank in range(world):
        loader = solution.make_loader(data, batch_size, rank, world, seed)
        found.append([])
        for epoch in range(epochs):
            loader.sampler.set_epoch(epoch)
            found[-1].append([numbers.tolist() for (numbers,) in loader])
    return found


class _Noting(nn.Module):
    """A linear classifier that notes which examples it was given: x[:, 0] is their number."""

    def __init__(self, n_inputs, n_classes):
        super().__init__()
        torch.manual_seed(n_inputs)
        self.linear = nn.Linear(n_inputs, n_classes).double()
        self.seen, self.modes = [], []

    def forward(self, x):
        self.seen += [round(number) for number in x[:, 0].tolist()]
        self.modes.append(self.training)
        return self.linear(x[:, 1:])


def epochs_seen(solution, x, y, n_classes, epochs, seed):
    """The order of each epoch on rank 1 of two, that of the sampler, and the weights after all."""
    model = _Noting(x.shape[1] - 1, n_classes).eval()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    data = TensorDataset(x, y)
    sampler = DistributedSampler(data, num_replicas=2, rank=1, seed=seed)
    loader = DataLoader(data, 4, sampler=sampler)
    seen, wanted = [], []
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)  # what was there before must not count
    for epoch in epochs:
        solution.train_epoch(model, loader, optimizer, epoch, "cpu")
        seen.append(list(model.seen))
        model.seen.clear()
        sampler.set_epoch(epoch)
        wanted.append(list(sampler))
    weights = torch.cat([p.detach().flatten() for p in model.parameters()])
    return {"seen": seen, "wanted": wanted, "modes": model.modes, "weights": weights}


def saved(solution, rank):
    """What `save` writes on a rank: keys, and how far the values are from the model's."""
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    wrapper = DistributedDataParallel.__new__(DistributedDataParallel)  # a group is not needed
    nn.Module.__init__(wrapper)
    wrapper.module = model
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "model.pt")
        solution.save(wrapper, file, rank)
        wanted = model.state_dict()
        if not file.exists():
            return {"keys": None, "apart": None, "wanted": sorted(wanted)}
        state = torch.load(file)
    same = [state[key] - value for key, value in wanted.items() if key in state]
    apart = max((each.abs().max().item() for each in same), default=None)
    return {"keys": sorted(state), "apart": apart, "wanted": sorted(wanted)}


def ranks(solution, job):
    """What two ranks, processes started here, evaluated, trained and returned."""
    store = dist.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)  # a free port
    tell = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(store.port)}
    tell |= dict.fromkeys(("WORLD_SIZE", "LOCAL_WORLD_SIZE"), str(WORLD))
    tell["TORCHELASTIC_USE_AGENT_STORE"] = "True"  # as under torchrun, which has that store
    tell["CUDA_VISIBLE_DEVICES"] = ""  # two ranks cannot share one GPU
    context = multiprocessing.get_context(START)
    with tempfile.TemporaryDirectory() as folder:
        torch.save(job | {"world": WORLD}, Path(folder, "job"))
        places = [{"RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(WORLD)]
        for step in STEPS:
            processes = [
                context.Process(target=partial(run_rank, folder, rank, tell | place, step))
                for rank, place in enumerate(places)
            ]
            _run(processes)
            _raise_errors(solution, Path(folder))
        return _facts(Path(folder))


def _run(processes):
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.join(PATIENCE)
    finally:
        for process in processes:
            process.kill()
            process.join()


def _raise_errors(solution, folder):
    errors = [torch.load(file) for file in folder.glob("error?")]
    if errors:
        _raise_again(solution, min(errors, key=lambda error: error["at"]))


def _facts(folder):
    """Of the ranks that came back from both steps."""
    facts = [
        torch.load(folder / f"evaluate{rank}") | torch.load(folder / f"train{rank}")
        for rank in range(WORLD)
        if all((folder / f"{step}{rank}").exists() for step in STEPS)
    ]
    return {"facts": facts, "saved": (folder / "model.pt").exists()}


def _raise_again(solution, told):
    """Raise what a rank raised, from the same lines of the solution."""
    kind = getattr(builtins, told["type"], None)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        kind = type(told["type"], (Exception,), {})
    frames, names = told["frames"], {"error": kind.__new__(kind)}
    names["error"].args = (told["text"],)
    call = partial(exec, "raise error", names)
    for depth, (line, name) in enumerate(reversed(frames)):
        source = "\n" * (line - 1) + ("call()" if depth else "raise error")
        code = compile(source, solution.__file__, "exec").replace(co_name=name)
        call = partial(exec, code, {**names, "call": call})
    call()
