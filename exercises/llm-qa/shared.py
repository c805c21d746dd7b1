"""A server on loopback that speaks the chat-completions protocol, and can misbehave."""

import json
import select
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOLD = 3  # seconds that a stalled answer lasts when nobody hangs up
PIECE = 7  # bytes in a chunk of a stream: lines and characters are torn apart


class ChatServer:
    """Answers the n-th request as `answer(n, request)` says, and notes every request.

    An answer is a dict: `status`, `body`, `headers` for a plain reply; `pieces`, `usage`, `finish`
    for an answer of the model; `fault` for what goes wrong: "drop" (hangs up without a word), "cut"
    (in the middle), "late" (stalls first), and in a stream "stall", "error" (which `says` something),
    "lost" (no end).
    """

    def __init__(self, answer):
        self.answer, self.requests = answer, []
        self.seen = threading.Event()  # the client has the first piece of a stream
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads, self._server.desk = True, self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

        self._is_open = True

    def __enter__(self):
        if self._is_open:
            serve = self._server.serve_forever
            threading.Thread(target=serve, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        if self._is_open:
            self._server.shutdown()
            self.close()

    def close(self):
        """Listen no longer; a server that has not been entered never does."""
        self._is_open = False
        self._server.server_close()

    def noted(self, request):
        """Note a request and return what to do with it."""
        with self._lock:
            self.requests.append(request)
            return self.answer(len(self.requests) - 1, request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        size = int(self.headers.get("Content-Length") or 0)
        request = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": _parsed(self.rfile.read(size)),
        }
        self.close_connection = True
        self._do(self.server.desk.noted(request), request)

    do_GET = do_PUT = do_POST  # noqa: N815 - named by the base class

    def _do(self, step, request):
        body = request["body"] if isinstance(request["body"], dict) else {}
        fault = step.get("fault")
        if fault == "drop" or (fault == "late" and self._stalled()):
            return
        try:
            if "status" in step:
                self._plain(step["status"], step.get("body", ""), step.get("headers", {}), request)
            elif body.get("stream"):
                self._stream(step, body, request)
            else:
                self._whole(step, body)
        except OSError:
            return  # the client hung up

    def _stalled(self):
        """Say nothing until the client hangs up (True) or the time is over (False)."""
        return bool(select.select([self.connection], [], [], HOLD)[0])

    def _head(self, status, headers):
        self.send_response(status)
        for name, value in {**headers, "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()

    def _plain(self, status, body, headers, request):
        data = _filled(body, request).encode()
        self._head(status, {"Content-Length": str(len(data)), **headers})
        self.wfile.write(data)

    def _whole(self, step, body):
        text = "".join(step["pieces"])
        choice = {"index": 0, "message": {"role": "assistant", "content": text}}
        choice["finish_reason"] = step.get("finish", "stop")
        reply = {"id": "1", "object": "chat.completion", "created": 1, "choices": [choice]}
        reply["model"] = body.get("model")
        if "usage" in step:
            reply["usage"] = _usage(step)
        data = json.dumps(reply, ensure_ascii=False).encode()
        self._head(200, {"Content-Type": "application/json", "Content-Length": str(len(data))})
        self.wfile.write(data[: len(data) // 2] if step.get("fault") == "cut" else data)

    def _stream(self, step, body, request):
        """Send events; the usage comes last, and to those who asked for it."""
        self._head(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        fault, pieces = step.get("fault"), step["pieces"]
        half = len(pieces) // 2 if fault in {"cut", "stall", "error", "lost"} else len(pieces)
        self._send(": keep-alive\r\n\r\n" + _event(_delta({"role": "assistant", "content": ""})))
        for number, piece in enumerate(pieces):
            if number == half:
                break
            self._send(_event(_delta({"content": piece}), step.get("odd")))
            if step.get("waits") and number == 0:
                request["in_time"] = self.server.desk.seen.wait(HOLD)
        if fault in {"cut", "lost"}:
            return self._send("", last=fault == "lost")
        if fault == "error":
            text = _filled(step["says"], request)
            self._send(_event({"error": {"message": text, "type": "server_error"}}))
            return self._send("", last=True)
        if fault == "stall" and self._stalled():
            return None
        rest = [_event(_delta({"content": piece})) for piece in pieces[half:]]
        rest.append(_event(_delta({}, step.get("finish", "stop"))))
        if "usage" in step and (body.get("stream_options") or {}).get("include_usage"):
            rest.append(_event({**_delta({}), "choices": [], "usage": _usage(step)}))
        return self._send("".join([*rest, "data: [DONE]\n\n"]), last=True)

    def _send(self, text, *, last=False):
        data = text.encode()
        for start in range(0, len(data), PIECE):
            part = data[start : start + PIECE]
            self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        if last:
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def log_message(self, *_):
        """Be quiet."""


def _filled(text, request):
    """Replace `{auth}` by what the client sent to prove who it is."""
    return text.replace("{auth}", request["headers"].get("authorization", ""))


def _delta(delta, finish=None):
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion.chunk", "created": int(time.time()),
            "model": "m", "choices": [choice]}  # fmt: skip


def _event(chunk, odd=None):
    """Return an event; an odd one has other line ends, no space, and fields that nobody needs."""
    data = json.dumps(chunk, ensure_ascii=False)
    return f"id: 7\r\nevent: message\r\ndata:{data}\r\n\r\n" if odd else f"data: {data}\n\n"


def _usage(step):
    prompt, completion = step["usage"]
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def _parsed(data):
    try:
        return json.loads(data)
    except ValueError:
        return None
