"""Facts about a solution, measured in ranks beside it."""

import builtins
import linecache
import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import torch
import torch.distributed as dist
from shared import Noting, digest, flat, place_of, run_rank
from torch.distributed.run import main as torchrun_main
from torch.nn import functional as F

START = "fork" if sys.platform == "linux" else "spawn"
PATIENCE = 40  # seconds for all ranks of one run
IDLE = 4  # seconds in which no rank computes: they wait for each other
IDLE_AGAIN = 2  # after one run in which the ranks waited for ever
AWAKE = psutil.STATUS_RUNNING, psutil.STATUS_DISK_SLEEP
_waited = []  # the runs of this solution in which ranks were stuck


def ranks(solution, job):
    """What each of the ranks, processes started here, returned and did."""
    store = dist.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)  # a free port
    with tempfile.TemporaryDirectory() as folder:
        tell = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(store.port)}
        tell |= dict.fromkeys(("WORLD_SIZE", "LOCAL_WORLD_SIZE"), str(job["world"]))
        tell["TORCHELASTIC_USE_AGENT_STORE"] = "True"  # as under torchrun, which has that store
        places = [{"RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(job["world"])]
        starts = [partial(run_rank, folder, n, tell | own) for n, own in enumerate(places)]
        return _run(solution, job, Path(folder), starts)


def torchrun(solution, job):
    """What the ranks did that torchrun started."""
    with tempfile.TemporaryDirectory() as folder:
        here = ["--run-path", f"--start-method={START}", os.path.abspath("shared.py"), folder]
        some = [f"--nproc-per-node={job['world']}", "--monitor-interval=0.02"]
        start = partial(_torchrun, ["--standalone", *some, *here])
        return _run(solution, job, Path(folder), [start])


def _torchrun(arguments):
    """Be the command torchrun: its console script is this function."""
    logging.disable()  # that a rank failed is told elsewhere
    try:
        torchrun_main(arguments)
    except BaseException:
        os._exit(1)


def alone(_, job, steps):
    """The weights of one process that takes `steps`, lists of examples, as whole batches."""
    torch.set_num_threads(1)
    job = _with_tensors(job)
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


def _run(solution, job, folder, starts):
    """Start processes, wait for the ranks, end them all; return what they have told."""
    torch.save(_with_tensors(job), folder / "job")
    context = multiprocessing.get_context(START)
    processes = [context.Process(target=start) for start in starts]
    try:
        for process in processes:
            process.start()
        _wait(processes, folder)
        stuck = _stuck(solution, processes, folder)
    finally:
        _end(processes, folder)
    errors = [torch.load(file) for file in folder.glob("error*")]
    if errors:
        _raise_again(solution, min(errors, key=lambda error: error["at"]))
    if not _pids(folder):
        raise RuntimeError("no rank was started")
    facts = {rank: folder / f"facts{rank}" for rank in range(job["world"])}
    return {
        "facts": [torch.load(file) for file in facts.values() if file.exists()],
        "stuck": stuck,
        "gone": [rank for rank, file in facts.items() if not file.exists()],
        "saved": [digest(folder / f"{rank}.pt") for rank in facts],
        **_checkpoint(folder / "0.pt", job),
    }


def _with_tensors(job):
    return job | {name: torch.as_tensor(job[name]) for name in ("x", "y")}


def _wait(processes, folder):
    """Return when all have ended, when one rank has failed, or when all only wait."""
    began = working = time.monotonic()
    spent, failed, idle = [], None, IDLE_AGAIN if _waited else IDLE
    while any(process.is_alive() for process in processes):
        now, before = time.monotonic(), spent
        spent, awake = _activity(_pids(folder))
        if awake or spent != before or not spent:
            working = now
        if failed is None and any(folder.glob("error*")):
            failed = now
        is_over = failed is not None and now - failed > 0.5  # the others wait for that one
        if is_over or now - working > idle or now - began > PATIENCE:
            return
        processes[0].join(0.02) if processes[0].is_alive() else time.sleep(0.02)


def _activity(pids):
    """The CPU time of the main threads so far, and whether one of them can run now."""
    spent, awake = [], False
    for pid in pids:
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            awake |= process.status() in AWAKE
            spent += [(t.user_time, t.system_time) for t in process.threads() if t.id == pid]
    return spent, awake


def _pids(folder):
    return [int(text) for file in folder.glob("pid*") if (text := file.read_text())]


def _stuck(solution, processes, folder):
    """The ranks that have not come back, and where in the solution: (rank, line, code)."""
    if not any(process.is_alive() for process in processes) or any(folder.glob("error*")):
        return []
    ranks = [(int(file.name.removeprefix("pid")), file) for file in folder.glob("pid*")]
    ranks = sorted((rank, file) for rank, file in ranks if not (folder / f"facts{rank}").exists())
    for _, file in ranks:
        with suppress(OSError):
            os.kill(int(file.read_text()), signal.SIGUSR1)
    time.sleep(0.3)
    lines = [(rank, place_of((folder / f"stack{rank}").read_text())) for rank, _ in ranks]
    code = solution.__file__
    _waited.append(lines)
    return [(rank, line, linecache.getline(code, line).strip()[:80]) for rank, line in lines]


def _end(processes, folder):
    for process in processes:
        process.kill()
    for pid in _pids(folder):
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    for process in processes:
        process.join()


def _checkpoint(file, job):
    """Which keys the checkpoint has, beside those of the model; and its values."""
    with suppress(Exception):
        state = torch.load(file, weights_only=True)
        model = Noting(job["x"].shape[1] - 1, job["n_classes"], 0)
        tensors = [value.flatten() for value in state.values() if isinstance(value, torch.Tensor)]
        keys = {"keys": sorted(map(str, state)), "wanted": sorted(model.state_dict())}
        return {**keys, "values": torch.cat(tensors) if tensors else None}
    return {"keys": None, "wanted": None, "values": None}


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
