"""Trains a network on digits, serves it with your code, and measures it under load."""

import http.client
import json
import socket
import threading
import time

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn import functional as F

from prep.lab.events import Artefact, Fact, Metric, Progress, Say, Table, Text

FEATURES, WIDTH = 64, 1536  # wide enough that a forward pass costs more than the request
CLIENTS = (1, 2, 4, 8, 16, 32)
LIMITS = {"window": 0.002, "max_queue": 256, "max_bytes": 4000, "timeout": 20.0}


def demo(solution, stage):
    """Yield events; `ui` draws them."""
    torch.set_num_threads(1)
    file = stage.folder / "model.pt"
    x_test, y_test = yield from _trained(stage, file)
    model = solution.load_model(str(file), _network, stage.device)
    yield from _refusals(solution, stage)
    yield from _parity(solution, model, x_test, y_test, stage)
    rows = []
    for name, most in (("one by one", 1), ("batched", 16)):
        rows += yield from _loaded(solution, model, x_test, name, most, stage)
    yield Table(
        Text("under load", "负载下"),
        (
            Text("batching", "批处理"),
            Text("clients", "客户端"),
            "p50 ms",
            "p99 ms",
            Text("requests/s", "请求/秒"),
            Text("rows a call", "每次调用的行数"),
        ),
        tuple(rows),
    )
    _write(stage.folder / "load.json", rows)
    yield Artefact(str(stage.folder / "load.json"))
    yield from _stopped(solution, model, x_test)


def _network():
    return nn.Sequential(
        nn.Linear(FEATURES, WIDTH), nn.BatchNorm1d(WIDTH), nn.ReLU(), nn.Dropout(0.2),
        nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 10),
    )  # fmt: skip


def _trained(stage, file):
    """Train and save; return the test part."""
    digits = load_digits()
    x = torch.tensor(digits.data / 16, dtype=torch.float32)
    y = torch.tensor(digits.target)
    x, x_test, y, y_test = train_test_split(
        x, y, test_size=0.3, stratify=y, random_state=stage.seed
    )
    yield Fact("data", f"scikit-learn digits: {len(x)} for training, {len(x_test)} for the test")
    model = _network().to(stage.device)
    yield Fact("parameters", f"{sum(p.numel() for p in model.parameters()):,}")
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    steps = stage.steps(quick=40, full=200)
    try:
        for step in range(1, steps + 1):
            some = torch.randint(len(x), (64,))
            loss = F.cross_entropy(model(x[some].to(stage.device)), y[some].to(stage.device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield Metric("loss", step, loss.item())
            yield Progress(Text("training", "训练"), step, steps)
    finally:  # Ctrl-C too
        part = file.with_suffix(".part")
        torch.save(model.state_dict(), part)
        part.replace(file)
        yield Artefact(str(file))
    return x_test, y_test


def _refusals(solution, stage):
    """Show what the loader does with a file that it must not trust."""
    bad = stage.folder / "pickled.part"
    torch.save(_network(), bad)
    try:
        solution.load_model(str(bad), _network, stage.device)
        said = "loaded!"
    except Exception as error:
        said = type(error).__name__
    bad.unlink()
    yield Fact("a pickled model", said)


def _parity(solution, model, x_test, y_test, stage):
    """Ask the server for the test part, and compare with the model itself."""
    count = stage.steps(quick=100, full=len(x_test))
    server = solution.serve(model, FEATURES, max_batch=16, **LIMITS)
    try:
        rows = [_ask(server.port, row)[1] for row in x_test[:count].tolist()]
    finally:
        server.stop()
    got = torch.tensor(rows)
    with torch.no_grad():
        wanted = model(x_test[:count].to(stage.device)).cpu()
    right = (got.argmax(1) == y_test[:count]).float().mean().item()
    yield Fact("accuracy over HTTP", f"{right:.1%} of {count}")
    yield Fact("largest difference from the model", f"{(got - wanted).abs().max().item():.1e}")


def _loaded(solution, model, x_test, name, most, stage):
    """Serve with batches of at most `most` rows, for more and more clients."""
    counted = _Counted(model)
    table = []
    for clients in CLIENTS:
        counted.calls = counted.rows = 0
        server = solution.serve(counted, FEATURES, max_batch=most, **LIMITS)
        try:
            latencies, seconds = _load(
                server.port, x_test, clients, stage.steps(quick=96, full=480)
            )
        finally:
            server.stop()
        p50, p99 = (1000 * float(solution.percentile(latencies, p)) for p in (50, 99))
        rate, share = len(latencies) / seconds, counted.rows / max(1, counted.calls)
        yield Metric(f"p50 ms, {name}", clients, p50)
        yield Metric(f"p99 ms, {name}", clients, p99)
        yield Metric(f"requests a second, {name}", clients, rate)
        yield Progress(Text(f"load, {name}", f"负载，{name}"), len(table) + 1, len(CLIENTS))
        table.append(
            (name, str(clients), f"{p50:.1f}", f"{p99:.1f}", f"{rate:.0f}", f"{share:.1f}")
        )
    return table


class _Counted(nn.Module):
    """Counts calls and rows."""

    def __init__(self, model):
        super().__init__()
        self.model, self.calls, self.rows = model, 0, 0

    def forward(self, x):
        self.calls, self.rows = self.calls + 1, self.rows + len(x)
        return self.model(x)


def _load(port, x_test, clients, total):
    """Return the seconds of each answered request, and those of all together."""
    latencies, places = [], iter(range(total))
    rows, lock = x_test.tolist(), threading.Lock()

    def work():
        while True:
            with lock:
                place = next(places, None)
            if place is None:
                return
            began = time.perf_counter()
            status, _ = _ask(port, rows[place % len(rows)])
            if status == 200:
                latencies.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return latencies, time.perf_counter() - began


def _ask(port, row):
    """Return the status and the outputs."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        body = json.dumps({"inputs": row})
        link.request("POST", "/predict", body, {"Content-Type": "application/json"})
        response = link.getresponse()
        content = json.loads(response.read())
    finally:
        link.close()
    return response.status, content.get("outputs")


def _stopped(solution, model, x_test):
    """Stop a server with requests in flight, and count who got an answer."""
    server = solution.serve(model, FEATURES, max_batch=4, **LIMITS)
    answered = []
    rows = x_test[:12].tolist()

    def ask(row):
        try:
            answered.append(_ask(server.port, row)[0])
        except (OSError, http.client.HTTPException):
            answered.append(0)

    threads = [threading.Thread(target=ask, args=(row,), daemon=True) for row in rows]
    for thread in threads:
        thread.start()
    time.sleep(0.02)
    server.stop()
    for thread in threads:
        thread.join()
    done = answered.count(200)
    yield Say(
        Text(
            f"stop() with 12 requests on the way: {done} answered, {12 - done} turned away.",
            f"在 12 个请求途中调用 stop()：{done} 个得到应答，{12 - done} 个被拒绝。",
        )
    )
    with socket.socket() as link:
        yield Fact(
            "port after stop()", "closed" if link.connect_ex(("127.0.0.1", server.port)) else "open"
        )


def _write(file, rows):
    names = ("batching", "clients", "p50_ms", "p99_ms", "per_second", "rows_per_call")
    told = [dict(zip(names, row, strict=True)) for row in rows]
    file.write_text(json.dumps(told, indent=2), encoding="utf-8")
