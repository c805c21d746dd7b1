"""Takes 429 for a mistake of the request, since it is a 4xx.

fails: test_too_many_requests_is_tried_again
"""

import json
import logging
import re
import time
from collections.abc import Callable, Iterable, Sequence

Transport = Callable[[dict, bytes, float], tuple[int, dict, str]]

RULES = "Answer from the passages only. Cite each one that you use by its number, like [1]."
log = logging.getLogger("qa")


class ChatError(Exception):
    """The model gave no answer; `status` is that of HTTP, or 0 when there was no reply."""

    def __init__(self, status: int) -> None:
        super().__init__(f"no answer, status {status}")
        self.status = status


def build_body(question: str, passages: Sequence[str], model: str, max_tokens: int = 400) -> dict:
    """Return the body of a request: the rules, the numbered passages, the question."""
    sources = "\n\n".join(f"[{number}] {text}" for number, text in enumerate(passages, 1))
    return {
        "model": model,
        "temperature": 0,
        "max_tokens": max_tokens,
        "messages": [
            {"role": "system", "content": RULES},
            {"role": "user", "content": sources + f"\n\nQuestion: {question}"},
        ],
    }


def send(
    transport: Transport,
    body: dict,
    key: str,
    *,
    retries: int = 3,
    backoff: float = 0.5,
    timeout: float = 20.0,
    sleep: Callable[[float], object] = time.sleep,
) -> dict:
    """Return the reply, parsed. What may pass is tried again, at most `retries` times."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    data = json.dumps(body).encode()
    attempt = 0
    while True:
        log.info("POST %d bytes", len(data))
        try:
            status, told, text = transport(headers, data, timeout)
        except OSError:  # refused, cut, or too late
            status, told, text = 0, {}, ""
        log.info("status %d, headers %s", status, told)
        if status == 200:
            return json.loads(text)
        may_pass = status == 0 or status >= 500
        if not may_pass or attempt == retries:
            raise ChatError(status)
        wait = max(backoff * 2**attempt, float(told.get("retry-after", 0)))
        sleep(wait)
        attempt += 1


def read_stream(lines: Iterable[str]) -> str:
    """Return the answer that a stream of server-sent events brings in pieces."""
    pieces = []
    for line in lines:
        if not line.startswith("data:"):
            continue
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            break
        for choice in json.loads(data)["choices"]:
            pieces.append(choice["delta"].get("content") or "")
    return "".join(pieces)


def is_supported(answer: str, count: int) -> bool:
    """Return whether the answer cites passages out of [1] … [count], and no others."""
    cited = [int(number) for number in re.findall(r"\[(\d+)\]", answer)]
    return bool(cited) and all(1 <= number <= count for number in cited)
