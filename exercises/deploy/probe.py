"""Facts about a served model: what clients on loopback get, and how the model was called."""

import http.client
import json
import pickle
import select
import socket
import threading
import time
import zipfile
from pathlib import Path

import torch
from torch import nn

PATIENCE = 10  # seconds for one answer
FEATURES, OUTPUTS = 6, 4


class _Linear(nn.Linear):
    def forward(self, x):
        return torch.addmm(self.bias, x, self.weight.T)  # the simulated device knows it


class Net(nn.Module):
    """What is served: batch normalisation and dropout tell training from evaluation."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            _Linear(FEATURES, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.5),
            _Linear(16, OUTPUTS),
        )  # fmt: skip

    def forward(self, x):
        return self.layers(x)


class Watched(nn.Module):
    """Notes each call: the first column of its rows, the modes. Can be made to wait, or to fail."""

    def __init__(self, model):
        super().__init__()
        self.model, self.calls, self.failures = model, [], []
        self.gate, self.entered = threading.Event(), threading.Event()
        self.gate.set()

    def forward(self, x):
        with torch.inference_mode(False), torch.no_grad():
            marks = [round(float(mark), 3) for mark in x.detach().cpu()[:, 0]]
        call = {"marks": marks, "training": self.training, "gradients": torch.is_grad_enabled()}
        self.calls.append(call)
        self.entered.set()
        self.gate.wait(PATIENCE)
        if min(marks) < 0:
            raise RuntimeError("planted: a negative first feature")
        try:
            return self.model(x)
        except RuntimeError as error:
            self.failures.append(error)
            raise


class _Planted:
    """Runs code when it is unpickled."""

    def __reduce__(self):
        return Path.touch, (Path("planted"),)


def loaded(solution, kind, device=None):
    """What load_model makes of a file, beside the model that was saved.

    `kind`: "good"; "cuda", as a machine with a GPU writes it; "module", "planted" (pickled objects);
    "lacking", "surplus", "wider" (a state that does not fit). `device` is a tensor on the device.
    """
    model, file = _trained(), Path(f"{kind}.pt")
    Path("planted").unlink(missing_ok=True)
    state = model.state_dict()
    if kind == "lacking":
        del state["layers.4.weight"]
    if kind == "surplus":
        state["layers.9.weight"] = torch.zeros(3)
    if kind == "wider":
        state["layers.4.weight"] = torch.zeros(OUTPUTS + 1, 16)
    whole = {"module": model, "planted": {**state, "planted": _Planted()}}.get(kind, state)
    torch.save(whole, file)
    if kind == "cuda":
        _as_on_cuda(file)
    place = "cpu" if device is None else device.device
    x = torch.randn(5, FEATURES)
    try:
        got = solution.load_model(str(file), Net, place)
    except (
        RuntimeError,
        pickle.UnpicklingError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
    ) as error:
        told = {"error": type(error).__name__, "text": str(error)[:200]}
        return {**told, "planted": Path("planted").exists()}
    with torch.no_grad():
        outputs = got(x.to(place))
        wanted = model.eval()(x)
    return {
        "error": "",
        "planted": Path("planted").exists(),
        "training": any(module.training for module in got.modules()),
        "places": sorted({str(value.device) for value in got.state_dict().values()}),
        "place": str(torch.empty(0, device=place).device),
        "outputs": outputs,
        "wanted": wanted,
    }


def _trained():
    """Return a model in training mode whose batch statistics have moved."""
    model = Net()
    for _ in range(3):
        model(torch.randn(32, FEATURES) * 2 + 1)
    return model.requires_grad_(True)


def _as_on_cuda(file):
    """Rewrite a checkpoint as if its tensors had been saved on the first GPU."""
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(file, "w") as new:
        for name, data in parts.items():
            if name.endswith("data.pkl"):
                data = data.replace(b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:0")
            new.writestr(name, data)


def answers(solution, options, requests, device=None):
    """What a server answers to requests, one after the other: status, JSON, type of the body.

    A request has `method`, `path` and `body`, or `row` for a good one; `length` is sent instead of
    the true Content-Length, and then no body.
    """
    model = Watched(_trained())
    if device is not None:
        model.to(device.device)
    with _Running(solution, model, options) as server:
        replies = [_reply(_sent(server.port, request)) for request in requests]
    if device is not None and model.failures:
        raise model.failures[0]  # rows on another device than the weights
    rows = [request["row"] for request in requests if "row" in request]
    with torch.no_grad():
        x = torch.tensor(rows, dtype=torch.float32)
        wanted = model.model.to("cpu").eval()(x) if rows else None
    return {"replies": replies, "wanted": wanted, "calls": model.calls}


def crowd(solution, options, rows, job):
    """What happens to many requests that arrive while the model is busy with the first.

    `job`: `settle` seconds that the model stays busy; `stop` while it is; `again`: rows sent after
    it is free. `early` are the answers that came while the model was busy.
    """
    model = Watched(_trained())
    model.gate.clear()
    threads = threading.active_count()
    with _Running(solution, model, options) as server:
        links = [_sent(server.port, {"row": rows[0]})]
        entered = model.entered.wait(PATIENCE)
        links += [_sent(server.port, {"row": row}) for row in rows[1:]]
        health = _sent(server.port, {"method": "GET", "path": "/health"})
        health.settimeout(1 + 2 * job["settle"])
        health = _reply(health)["status"]
        stopping = threading.Thread(target=server.stop, daemon=True)
        if job.get("stop"):
            time.sleep(job["settle"])  # the requests are in the server, not on the way
            stopping.start()
        early = _early(links, job["settle"])
        during = _refused(server.port) if job.get("stop") else None
        waits = stopping.is_alive()
        model.gate.set()
        replies = [early.get(place) or _reply(link) for place, link in enumerate(links)]
        again = [_patiently(server.port, row) for row in job.get("again", [])]
        if job.get("stop"):
            stopping.join(PATIENCE)
        stopped = {"waits": waits, "returned": not stopping.is_alive(), "during": during}
    with torch.no_grad():
        wanted = model.model.eval()(torch.tensor(rows))
    return {
        "entered": entered,
        "replies": replies,
        "early": {str(place): reply["status"] for place, reply in early.items()},
        "again": again,
        "health": health,
        "calls": model.calls,
        "wanted": wanted,
        "stop": stopped,
        "port": _is_free(server.port),
        "threads": _left(threads) if job.get("stop") else 0,
    }


def trickle(solution, options, rows, gap):
    """Send a row every `gap` seconds; tell how the model was called, and the seconds in all."""
    model = Watched(_trained())
    with _Running(solution, model, options) as server:
        began, links = time.monotonic(), []
        for row in rows:
            links.append(_sent(server.port, {"row": row}))
            time.sleep(gap)
        statuses = [_reply(link)["status"] for link in links]
        seconds = time.monotonic() - began
    return {"statuses": statuses, "calls": model.calls, "seconds": seconds}


def beside_a_slow_client(solution, options, row):
    """What a good request gets while others have sent half of theirs; how long `stop` then takes."""
    with _Running(solution, Watched(_trained()), options) as server:
        halves = [b"POST /predict HTTP/1.1\r\nContent-Le", b"", _head("/predict", 100) + b"{"]
        slow = [_connected(server.port, half) for half in halves]
        reply = _patiently(server.port, row)
        stopping = threading.Thread(target=server.stop, daemon=True)
        stopping.start()
        stopping.join(PATIENCE / 2)
        told = {"status": reply["status"], "stopped": not stopping.is_alive()}
        for link in slow:
            link.close()
    return told


class _Running:
    """A server that is stopped in any case."""

    def __init__(self, solution, model, options):
        self._start = lambda: solution.serve(model.train(), FEATURES, **options)
        self._model, self._stopped = model, False

    def __enter__(self):
        self._server = self._start()
        self.port = int(self._server.port)
        return self

    def stop(self):
        """Stop once."""
        if not self._stopped:
            self._stopped = True
            self._server.stop()

    def __exit__(self, kind, *_):
        self._model.gate.set()
        if kind is None:
            self.stop()
        else:  # the exception that is on its way tells more
            threading.Thread(target=self.stop, daemon=True).start()


def _connected(port, data):
    link = socket.create_connection(("127.0.0.1", port), PATIENCE)
    link.sendall(data)
    return link


def _head(path, size, method="POST"):
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {size}\r\n\r\n"
    ).encode()


def _sent(port, request):
    """Send a request and return the connection, from which the answer is still to be read."""
    body = request.get("body")
    if "row" in request:
        body = json.dumps({"inputs": request["row"]})
    data = body if isinstance(body, bytes) else (body or "").encode()
    method = request.get("method", "POST")
    if method == "GET":
        return _connected(
            port, f"GET {request['path']} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        )
    length = request.get("length")
    head = _head(request.get("path", "/predict"), len(data) if length is None else length)
    return _connected(port, head + (data if length is None else b""))


def _reply(link):
    """Read an answer: status 0 when none comes."""
    with link:
        response = http.client.HTTPResponse(link)
        try:
            response.begin()
            data = response.read()
        except (OSError, http.client.HTTPException) as error:
            return {"status": 0, "error": type(error).__name__, "json": None, "headers": {}}
    try:
        content = json.loads(data)
    except ValueError:
        content = None
    headers = {name.lower(): value for name, value in response.getheaders()}
    return {"status": response.status, "json": content, "headers": headers}


def _early(links, seconds):
    """Return the answers that come within some seconds, by their places."""
    early, end = {}, time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        waiting = [link for place, link in enumerate(links) if place not in early]
        ready = select.select(waiting, [], [], left)[0] if waiting else []
        if not waiting:
            break
        for place, link in enumerate(links):
            if link in ready:
                early[place] = _reply(link)
    return early


def _refused(port):
    """Whether a new request is turned away: not connected, not answered, or answered 503."""
    try:
        link = _sent(port, {"row": [99.0] * FEATURES})
        link.settimeout(1.0)
        return _reply(link)["status"] in (0, 503)
    except OSError:
        return True


def _is_free(port):
    """Whether a new server could start at the port."""
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            link.bind(("127.0.0.1", port))
            link.listen()
        except OSError:
            return False
    return True


def _patiently(port, row):
    """Return the answer to a row, sent anew while it is late: the machine may be busy."""
    for _ in range(6):
        reply = _reply(_sent(port, {"row": row}))
        if reply["status"] != 504:
            break
    return reply


def _left(before):
    """Return how many threads more there are than before, once they have had time to end."""
    end = time.monotonic() + 2
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.01)
    return threading.active_count() - before
