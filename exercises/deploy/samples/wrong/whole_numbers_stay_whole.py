"""Lets torch choose the dtype: a row of integers becomes int64, which no layer takes.

fails: test_answers_are_those_of_the_model
"""

import json
import queue
import threading
import time
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SOMAXCONN

import torch


def load_model(path, make_model, device="cpu"):
    """Return the model with the weights of the file, on `device`, ready for inference.

    weights_only refuses pickled code, load_state_dict a file that does not fit.
    """
    state = torch.load(path, map_location=device, weights_only=True)
    model = make_model()
    model.load_state_dict(state)
    return model.to(device).eval()


def percentile(values, p):
    """Return the smallest value that at least p percent of the values do not exceed."""
    ordered = sorted(values)
    rank = -(-p * len(ordered) // 100)  # rounded up, in integers
    return ordered[rank - 1]


def serve(model, features, *, max_batch, window, max_queue, max_bytes, timeout, port=0):
    """Start a server on 127.0.0.1 and return it; it has `port` and `stop()`."""
    batcher = _Batcher(model.eval(), max_batch, window, max_queue)
    return _Server(batcher, features, max_bytes, timeout, port)


class _Batcher:
    """One thread that runs the model on the rows of many requests together."""

    def __init__(self, model, max_batch, window, max_queue):
        self._model, self._max_batch, self._window = model, max_batch, window
        self._waiting = queue.Queue(max_queue)
        self._device = next(model.parameters()).device
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def submit(self, row):
        """Return a future of the row's outputs; queue.Full when too many wait."""
        future = Future()
        self._waiting.put_nowait((row, future))
        return future

    def close(self):
        """End the thread; nobody submits any more."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self):
        while first := self._waiting.get():
            batch = [first, *self._more(time.monotonic() + self._window)]
            # Whoever has given up cancelled the future: no work for nobody.
            batch = [pair for pair in batch if pair[1].set_running_or_notify_cancel()]
            if batch:
                self._answer(*zip(*batch))

    def _more(self, end):
        """Yield what comes before the batch is full or the window of its first row has passed."""
        for _ in range(self._max_batch - 1):
            try:
                yield self._waiting.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                return

    def _answer(self, rows, futures):
        try:
            with torch.inference_mode():  # holds for this thread only
                x = torch.tensor(rows, device=self._device)
                outputs = self._model(x).tolist()  # (batch, outputs)
        except Exception as error:
            for future in futures:
                future.set_exception(error)
            return
        for future, output in zip(futures, outputs):
            future.set_result(output)


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # server_close waits for the requests that it has taken
    request_queue_size = SOMAXCONN

    def __init__(self, batcher, features, max_bytes, timeout, port):
        super().__init__(("127.0.0.1", port), _Handler)
        self.batcher, self.features = batcher, features
        self.max_bytes, self.patience = max_bytes, timeout
        self.port = self.server_address[1]
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self):
        """Take no more requests, answer those taken, end all threads."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        self.batcher.close()  # last: the requests in flight need it


class _Handler(BaseHTTPRequestHandler):
    def setup(self):
        self.timeout = self.server.patience  # for a client that sends nothing
        super().setup()

    def do_GET(self):
        if self.path == "/health":
            self._reply(200, {"status": "ok"})
        else:
            self._reply(404, {"error": "not found"})

    def do_POST(self):
        if self.path != "/predict":
            return self._reply(404, {"error": "not found"})
        size = self.headers.get("Content-Length", "")
        if not size.isdigit():
            return self._reply(400, {"error": "Content-Length is missing"})
        if int(size) > self.server.max_bytes:  # nothing of it has been read
            return self._reply(413, {"error": f"more than {self.server.max_bytes} bytes"})
        try:
            row = _row(self.rfile.read(int(size)), self.server.features)
        except ValueError as error:
            return self._reply(400, {"error": str(error)})
        return self._predict(row)

    def _predict(self, row):
        try:
            future = self.server.batcher.submit(row)
        except queue.Full:
            return self._reply(503, {"error": "overloaded"}, Retry_After="1")
        try:
            return self._reply(200, {"outputs": future.result(self.server.patience)})
        except TimeoutError:
            future.cancel()
            return self._reply(504, {"error": "too late"})
        except Exception:
            return self._reply(500, {"error": "the model failed"})

    def _reply(self, status, content, **headers):
        body = json.dumps(content).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Be quiet."""


def _row(body, features):
    """Return the numbers of a request, or raise ValueError."""
    try:
        row = json.loads(body)["inputs"]
    except (LookupError, TypeError, RecursionError):
        raise ValueError("no inputs") from None
    if not isinstance(row, list) or len(row) != features:
        raise ValueError(f"inputs should be a list of {features} numbers")
    largest = torch.finfo(torch.float32).max
    # A bool is an int too; NaN fails every comparison.
    if not all(type(value) in (int, float) and abs(value) <= largest for value in row):
        raise ValueError("inputs should be finite numbers")
    return row
