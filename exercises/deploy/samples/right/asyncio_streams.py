"""asyncio with a parser of its own; the model in a pool of one thread; numpy in between."""

import asyncio
import json
import math
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch


def load_model(path, make_model, device="cpu"):
    with open(path, "rb") as file:
        state = torch.load(file, map_location="cpu", weights_only=True)
    model = make_model()
    wanted = model.state_dict()
    if set(state) != set(wanted):
        raise ValueError(f"other weights: {set(state) ^ set(wanted)}")
    for name, value in wanted.items():
        if state[name].shape != value.shape:
            raise ValueError(f"{name} has another shape")
        value.copy_(state[name])
    model.to(device)
    model.train(False)
    return model


def percentile(values, p):
    return float(np.percentile(values, p, method="inverted_cdf"))


def serve(model, features, *, max_batch, window, max_queue, max_bytes, timeout, port=0):
    service = _Service(model, features, max_batch, window, max_queue, max_bytes, timeout)
    service.start(port)
    return service


class _RefusedError(Exception):
    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class _Service:
    def __init__(self, model, features, max_batch, window, max_queue, max_bytes, timeout):
        self._model, self._features = model.eval(), features
        self._max_batch, self._window, self._max_queue = max_batch, window, max_queue
        self._max_bytes, self._timeout = max_bytes, timeout
        self._waiting, self._tasks = deque(), set()

    def start(self, port):
        ready = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._main(port, ready),))
        self._thread.start()
        ready.wait()

    def stop(self):
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    async def _main(self, port, ready):
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self._arrived = asyncio.Event()
        server = await asyncio.start_server(self._client, "127.0.0.1", port, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        with ThreadPoolExecutor(1) as pool:
            batches = asyncio.create_task(self._batches(pool))
            ready.set()
            await self._stopping.wait()
            server.close()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            batches.cancel()

    async def _batches(self, pool):
        while True:
            self._arrived.clear()
            if not self._waiting:
                await self._arrived.wait()
            end = self._loop.time() + self._window
            while len(self._waiting) < self._max_batch and self._loop.time() < end:
                self._arrived.clear()
                try:
                    await asyncio.wait_for(self._arrived.wait(), end - self._loop.time())
                except TimeoutError:
                    break
            batch = []
            while self._waiting and len(batch) < self._max_batch:
                row, future = self._waiting.popleft()
                if not future.done():
                    batch.append((row, future))
            if batch:
                await self._compute(pool, batch)

    async def _compute(self, pool, batch):
        rows = np.array([row for row, _ in batch], np.float32)
        try:
            outputs = await self._loop.run_in_executor(pool, self._forward, rows)
        except Exception as error:
            outputs = [error] * len(batch)
        for (_, future), output in zip(batch, outputs):
            if not future.done():
                future.set_result(output)

    def _forward(self, rows):
        with torch.no_grad():
            place = next(self._model.parameters())
            return self._model(torch.from_numpy(rows).to(place)).cpu().numpy()

    async def _client(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        extra = ""
        try:
            try:
                status, content = await self._answer(reader)
            except _RefusedError as error:
                status, content = error.status, {"error": str(error)}
                extra = "Retry-After: 1\r\n" if status == 503 else ""
            data = json.dumps(content)
            head = (
                f"HTTP/1.1 {status} X\r\nContent-Type: application/json; charset=utf-8\r\n{extra}"
            )
            head += f"Content-Length: {len(data)}\r\nConnection: close\r\n\r\n"
            writer.write((head + data).encode())
            await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _answer(self, reader):
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), self._timeout)
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        fields = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        if (method, path) == ("GET", "/health"):
            return 200, {"status": "ok"}
        if (method, path) != ("POST", "/predict"):
            raise _RefusedError(404, "unknown")
        size = int(fields.get("content-length", 0))
        if size > self._max_bytes:
            raise _RefusedError(413, "too large")
        body = await asyncio.wait_for(reader.readexactly(size), self._timeout)
        return 200, {"outputs": await self._outputs(self._parsed(body))}

    def _parsed(self, body):
        try:
            row = json.loads(body.decode())["inputs"]
            good = type(row) is list and len(row) == self._features
            good = good and all(type(value) in (int, float) for value in row)
            with np.errstate(over="ignore"):
                good = good and all(math.isfinite(np.float32(value)) for value in row)
        except Exception:
            good = False
        if not good:
            raise _RefusedError(400, f"expected {self._features} finite numbers")
        return row

    async def _outputs(self, row):
        if len(self._waiting) >= self._max_queue:
            raise _RefusedError(503, "overloaded")
        future = self._loop.create_future()
        self._waiting.append((row, future))
        self._arrived.set()
        try:
            output = await asyncio.wait_for(future, self._timeout)
        except TimeoutError:
            raise _RefusedError(504, "late") from None
        if isinstance(output, Exception):
            raise _RefusedError(500, "the model failed")
        return [float(value) for value in output]
