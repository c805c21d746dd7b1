"""A condition around a deque; HTTP/1.1 with connections kept open; requests counted by hand."""

import json
import math
import socket
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn

import torch

LIMIT = 3.4028234e38


def load_model(path, make_model, device="cpu"):
    with torch.device(device):
        model = make_model()
    model = model.to(device)
    problems = model.load_state_dict(
        torch.load(path, map_location=torch.device(device), weights_only=True), strict=False
    )
    if problems.missing_keys or problems.unexpected_keys:
        raise RuntimeError(str(problems))
    return model.requires_grad_(False).eval()


def percentile(values, p):
    ordered = sorted(values)
    for number, value in enumerate(ordered, 1):
        if number * 100 >= p * len(ordered):
            return value
    raise ValueError("no values")


class _Job:
    def __init__(self, row):
        self.row, self.outputs, self.failed, self.given_up = row, None, False, False


class _Desk:
    def __init__(self, model, **limits):
        self.__dict__.update(limits)
        self.model = model.eval()
        self.jobs, self.flying, self.closing, self.links = deque(), 0, False, set()
        self.changed = threading.Condition()

    def enqueue(self, job):
        """Return whether there is room."""
        with self.changed:
            if len(self.jobs) >= self.max_queue:
                return False
            self.jobs.append(job)
            self.changed.notify_all()
            return True

    def wait_for(self, job):
        with self.changed:
            done = self.changed.wait_for(
                lambda: job.failed or job.outputs is not None, self.timeout
            )
            job.given_up = not done
            if not done and job in self.jobs:
                self.jobs.remove(job)
            return done

    def loop(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.jobs or self.closing)
                if not self.jobs:
                    return
                full = lambda: len(self.jobs) >= self.max_batch or self.closing  # noqa: E731
                end = time.monotonic() + self.window
                while not full() and (left := end - time.monotonic()) > 0:
                    self.changed.wait(left)
                count = min(self.max_batch, len(self.jobs))
                batch = [self.jobs.popleft() for _ in range(count)]
            self.compute([job for job in batch if not job.given_up])

    def compute(self, batch):
        if not batch:
            return
        try:
            with torch.no_grad():
                x = torch.tensor([job.row for job in batch], dtype=torch.float32)
                outputs = self.model(x.to(next(iter(self.model.state_dict().values())).device))
            table = outputs.cpu().tolist()
        except BaseException:
            table = None
        with self.changed:
            for place, job in enumerate(batch):
                job.failed = table is None
                job.outputs = None if table is None else table[place]
            self.changed.notify_all()


class _Threads(ThreadingMixIn, HTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def process_request(self, request, client_address):
        with self.desk.changed:
            self.desk.links.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        with self.desk.changed:
            self.desk.links.discard(request)
            self.desk.changed.notify_all()
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """A client has gone."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        self.desk = self.server.desk
        self.timeout = self.desk.timeout
        super().setup()

    def log_message(self, *_):
        pass

    def do_GET(self):
        known = self.path == "/health"
        self.say(200 if known else 404, {"status": "ok"} if known else {"error": self.path})

    def do_POST(self):
        desk = self.desk
        with desk.changed:
            closing = desk.closing
            desk.flying += not closing
        if closing:
            return self.say(503, {"error": "stopping"})
        try:
            self.say(*self.answer())
        finally:
            with desk.changed:
                desk.flying -= 1
                desk.changed.notify_all()

    def answer(self):
        desk = self.desk
        size = int(self.headers["Content-Length"])
        self.close_connection = True
        if self.path != "/predict":
            return 404, {"error": "unknown path"}
        if size > desk.max_bytes:
            return 413, {"error": "too much"}
        job = _Job(self.row(self.rfile.read(size)))
        if job.row is None:
            return 400, {"error": "bad inputs"}
        if not desk.enqueue(job):
            return 503, {"error": "too many"}
        if not desk.wait_for(job):
            return 504, {"error": "too late"}
        return (500, {"error": "failed"}) if job.failed else (200, {"outputs": job.outputs})

    def row(self, body):
        try:
            inputs = json.loads(body).get("inputs")
        except (ValueError, AttributeError, RecursionError):
            return None
        if not isinstance(inputs, list) or len(inputs) != self.desk.features:
            return None
        for value in inputs:
            if isinstance(value, bool) or not isinstance(value, int | float):
                return None
            if not -LIMIT < value < LIMIT or (isinstance(value, float) and math.isnan(value)):
                return None
        return inputs

    def say(self, status, content):
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status == 503:
            self.send_header("Retry-After", "2")
        self.end_headers()
        self.wfile.write(data)


def serve(model, features, *, max_batch, window, max_queue, max_bytes, timeout, port=0):
    desk = _Desk(
        model, features=features, max_batch=max_batch, window=window, max_queue=max_queue,
        max_bytes=max_bytes, timeout=timeout,
    )  # fmt: skip
    server = _Threads(("127.0.0.1", port), _Handler)
    server.desk = desk
    return _Running(server, desk)


class _Running:
    def __init__(self, server, desk):
        self.server, self.desk, self.port = server, desk, server.server_port
        self.threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}),
            threading.Thread(target=desk.loop),
        ]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.socket.close()
        with self.desk.changed:
            self.desk.changed.wait_for(lambda: not self.desk.flying, self.desk.timeout + 1)
            self.desk.closing = True
            for link in self.desk.links:  # idle or silent ones
                try:
                    link.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
            self.desk.changed.notify_all()
            self.desk.changed.wait_for(lambda: not self.desk.links, self.desk.timeout + 1)
        for thread in self.threads:
            thread.join()
