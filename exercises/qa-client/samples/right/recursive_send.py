"""Sends by recursion, with jitter; a generator for the stream; sets for the citations."""

import json
import logging
import random
import re
import time

log = logging.getLogger("qa")


class ChatError(Exception):
    def __init__(self, status):
        super().__init__(f"no answer, status {status}")
        self.status = status


def build_body(question, passages, model, max_tokens=400):
    user = "Passages:\n"
    for place, text in enumerate(passages):
        user += f"[{place + 1}] {text}\n"
    return dict(
        messages=[
            dict(role="system", content="Use the passages only and cite them, e.g. [2]."),
            dict(role="user", content=f"{user}\n{question}\n"),
        ],
        model=model,
        max_tokens=max_tokens,
        temperature=0.0,
    )


def send(transport, body, key, *, retries=3, backoff=0.5, timeout=20.0, sleep=time.sleep):
    status, told = 0, {}
    try:
        status, told, text = transport(
            {"Content-Type": "application/json", "Authorization": "Bearer " + key},
            json.dumps(body, ensure_ascii=False).encode("utf-8"),
            timeout,
        )
    except OSError as error:
        log.warning("no reply: %s", type(error).__name__)
    if status == 200:
        return json.loads(text)
    log.warning("status %d", status)
    if retries <= 0 or (400 <= status < 500 and status != 429):
        raise ChatError(status)
    pause = max(int(told.get("retry-after") or 0), backoff)
    sleep(pause + random.uniform(0, backoff / 2))
    return send(
        transport, body, key, retries=retries - 1, backoff=2 * backoff, timeout=timeout, sleep=sleep
    )


def read_stream(lines):
    return "".join(_pieces(lines))


def _pieces(lines):
    for line in lines:
        name, _, value = line.partition(":")
        if name != "data":
            continue
        if value.strip() == "[DONE]":
            return
        for choice in json.loads(value)["choices"]:
            if choice["delta"].get("content") is not None:
                yield choice["delta"]["content"]


def is_supported(answer, count):
    cited = set(re.findall(r"\[([0-9]+)\]", answer))
    given = {str(number) for number in range(1, count + 1)}
    return len(cited) > 0 and cited <= given
