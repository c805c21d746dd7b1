"""Facts about a solution, measured in ranks beside it."""

import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from shared import Noting, facts_of_rank, flat
from torch.nn import functional as F

PATIENCE = 25  # seconds for all ranks of one run


def ranks(solution, job):
    """What each of the ranks, processes forked here, returned and did."""
    return _forked(job["world"], lambda *place: facts_of_rank(solution, job, *place))


def alone(_, job, steps):
    """The weights of one process that takes `steps`, lists of examples, as whole batches."""

    def run(*_):
        torch.set_num_threads(1)
        model = Noting(job["x"].shape[1] - 1, job["n_classes"], job["seed"])  # rank 0's weights
        optimizer = torch.optim.SGD(model.parameters(), lr=job["lr"])
        losses = []
        for examples in steps:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(job["x"][examples]), job["y"][examples])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return {"weights": flat(model), "losses": losses}

    return _forked(1, run)[0]  # in a child: autograd's threads would not survive the next fork


def plain_load(solution, job):
    """Which keys rank 0's checkpoint has, beside those of the model; and its values."""
    with tempfile.TemporaryDirectory() as folder:
        facts = _forked(
            job["world"], lambda *place: facts_of_rank(solution, job, *place), folder=folder
        )
        file = Path(folder) / "0.pt"
        state = torch.load(file, weights_only=True) if file.exists() else {}
        model = Noting(job["x"].shape[1] - 1, job["n_classes"], 0)
        named = isinstance(state, dict) and all(type(key) is str for key in state)
        keys = sorted(state) if named else []
        tensors = [value.flatten() for value in state.values() if isinstance(value, torch.Tensor)]
        values = torch.cat(tensors) if tensors else None
        return {
            "keys": keys, "wanted": sorted(model.state_dict()), "values": values,
            "weights": facts[0]["weights"],
        }  # fmt: skip


def torchrun(_, job):
    """What two ranks did that torchrun started."""
    with tempfile.TemporaryDirectory() as folder:
        torch.save(job, Path(folder) / "job")
        run = ["-m", "torch.distributed.run", "--nnodes=1", f"--nproc-per-node={job['world']}"]
        here = ["--master-addr=127.0.0.1", f"--master-port={_free_port()}", "shared.py"]
        done = subprocess.run(  # noqa: S603
            [sys.executable, *run, *here],
            env={**os.environ, "FACTS": folder, "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path])},
            capture_output=True, text=True, errors="replace", check=False,
        )  # fmt: skip
        files = [Path(folder) / f"facts{rank}" for rank in range(job["world"])]
        facts = [torch.load(file) for file in files if file.exists()]
        return {"code": done.returncode, "facts": facts, "said": done.stderr[-1500:]}


def _free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def _forked(world, run, folder=None):
    """Run `run(rank, folder)` in forked processes that find what torchrun would have told them."""
    try:
        return _once(world, run, folder)
    except TimeoutError:  # another program may have taken the port meanwhile
        return _once(world, run, folder)


def _once(world, run, folder):
    with tempfile.TemporaryDirectory() as own:
        folder = folder or own
        tell = {
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(_free_port()),
            "WORLD_SIZE": str(world),
        }
        fork = multiprocessing.get_context("fork")
        args = [(run, rank, folder, own, tell) for rank in range(world)]
        processes = [fork.Process(target=_child, args=given) for given in args]
        for process in processes:
            process.start()
        deadline = time.monotonic() + PATIENCE
        try:
            while any(p.is_alive() for p in processes) and time.monotonic() < deadline:
                if any(p.exitcode not in (None, 0) for p in processes):
                    time.sleep(0.5)  # one rank has failed: the others may wait for it forever
                    break
                time.sleep(0.005)
        finally:
            for process in processes:
                process.kill()
                process.join()
        return [_answer(Path(own) / f"answer{rank}", rank) for rank in range(world)]


def _child(run, rank, folder, own, tell):
    os.environ.update(
        tell, RANK=str(rank), LOCAL_RANK=str(rank), LOCAL_WORLD_SIZE=tell["WORLD_SIZE"]
    )
    keep = torch.save  # facts_of_rank makes it slow
    try:
        answer = run(rank, folder)
    except BaseException as error:  # noqa: BLE001 - told to the parent
        keep(f"{type(error).__name__}: {error}"[:500], Path(own) / f"answer{rank}")
        os._exit(1)
    keep(answer, Path(own) / f"answer{rank}")
    os._exit(0)


def _answer(file, rank):
    if not file.exists():
        raise TimeoutError(f"rank {rank} gave no answer: it died, or waited for another rank")
    answer = torch.load(file)
    if isinstance(answer, str):
        raise RuntimeError(f"rank {rank}: {answer}")
    return answer
