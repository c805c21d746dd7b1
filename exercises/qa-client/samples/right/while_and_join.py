"""A while loop over the attempts, a mask for the key in the log, prompts joined from lines."""

import json
import logging
import re
import time

RULES = "Answer from the passages only. Cite each one that you use by its number, like [1]."
log = logging.getLogger(__name__)


class ChatError(RuntimeError):
    status = 0


def build_body(question, passages, model, max_tokens=400):
    lines = [f"[{number}] {text}" for number, text in zip(range(1, 99), passages)]
    user = {"role": "user", "content": "\n".join([*lines, "", "Question: " + question])}
    system = {"role": "system", "content": RULES}
    body = {"model": model, "temperature": 0, "messages": [system, user]}
    body["max_tokens"] = max_tokens
    return body


def _passes(status):
    return status is None or status == 429 or status // 100 == 5


def send(transport, body, key, *, retries=3, backoff=0.5, timeout=20.0, sleep=time.sleep):
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    attempt = 0
    while True:
        shown = {**headers, "Authorization": "Bearer ***"}
        log.debug("POST %s", shown)
        told = {}
        try:
            status, told, text = transport(headers, json.dumps(body).encode(), timeout)
        except (ConnectionError, TimeoutError, OSError):
            status = None
        if status == 200:
            return json.loads(text)
        if not _passes(status) or attempt >= retries:
            error = ChatError(f"no answer: {status}")
            error.status = status or 0
            raise error
        wait = backoff * 2.0**attempt
        if "retry-after" in told and int(told["retry-after"]) > wait:
            wait = int(told["retry-after"])
        sleep(wait)
        attempt += 1


def read_stream(lines):
    text = ""
    for line in lines:
        if line.strip() == "data: [DONE]":
            break
        if line[:5] == "data:":
            event = json.loads(line[5:])
            text += "".join(one["delta"].get("content") or "" for one in event["choices"])
    return text


def is_supported(answer, count):
    found = False
    for match in re.finditer(r"\[(\d+)\]", answer):
        if not 0 < int(match.group(1)) < count + 1:
            return False
        found = True
    return found
