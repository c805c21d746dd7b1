"""http.client and a state machine over bytes; shared rarity over the root of the length."""

import http.client
import json
import math
import os
import random
import re
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

SENTINEL = "NOT_IN_SOURCES"


def _words(text):
    text = re.sub(r"([\u4e00-\u9fff])", r" \1 ", text.casefold())
    return set(re.findall(r"\w+", text))


def search(question, passages, k=3):
    wanted = _words(question)
    bags = [_words(text) for _, text in passages]
    scored = []
    for (name, _), bag in zip(passages, bags):
        score = sum(
            math.log((len(bags) + 1) / (sum(word in other for other in bags) + 1)) + 0.1
            for word in wanted & bag
        )
        scored.append((score / math.sqrt(len(bag) + 1), name))
    scored = [pair for pair in scored if pair[0] > 0]
    scored.sort(key=lambda pair: pair[0], reverse=True)
    return [name for _, name in scored[:k]]


def build_messages(question, passages):
    rules = f"Use only the passages. Cite like [#id]. Without an answer there, say {SENTINEL}."
    blocks = "".join(f"<passage>[#{name}]\n{text}</passage>\n" for name, text in passages)
    return [
        {"role": "system", "content": rules},
        {"role": "user", "content": f"{blocks}<question>{question}</question>"},
    ]


def check_citations(text, ids):
    cited, unknown = {}, {}
    for part in text.split("[#")[1:]:
        name, bracket, _ = part.partition("]")
        if bracket and re.fullmatch(r"[\w.-]+", name):
            (cited if name in ids else unknown)[name] = True
    return [*cited], [*unknown]


def ask(question, passages, client, k=3):
    refused = dict(answer=SENTINEL, sources=[], found=False)
    by_id = dict(passages)
    best = {name: by_id[name] for name in search(question, passages, k=k)}
    if not best:
        return refused
    reply = client.complete(build_messages(question, list(best.items())))
    cited, unknown = check_citations(reply, best)
    supported = cited and not unknown and SENTINEL not in reply
    return dict(answer=reply.strip(), sources=cited, found=True) if supported else refused


class ChatError(RuntimeError):
    status = None


class _PassingError(Exception):
    """Something that may be better next time."""

    def __init__(self, error, wait=0.0):
        super().__init__()
        self.error, self.wait = error, wait


def _error(text, status=None):
    error = ChatError(text)
    error.status = status
    return error


def _clean(text):
    return text.replace(os.environ.get("LLM_API_KEY") or "no key", "<key>")


def _data(line):
    name, _, value = line.decode().partition(":")
    return value.strip() if name == "data" else ""


class ChatClient:
    def __init__(self, base_url, model, **options):
        parts = urlsplit(base_url)
        self.place, self.secure = parts.netloc, parts.scheme == "https"
        self.path = "/".join([parts.path.rstrip("/"), "chat", "completions"])
        self.model = model
        self.timeout = options.get("timeout", 30.0)
        self.retries = options.get("retries", 4)
        self.backoff = options.get("backoff", 0.5)
        self.max_wait = options.get("max_wait", 30.0)
        self.sleep = options.get("sleep", time.sleep)
        self.prices = options.get("input_price", 0.0), options.get("output_price", 0.0)
        self.prompt_tokens = self.completion_tokens = 0

    @property
    def cost(self):
        tokens = self.prompt_tokens, self.completion_tokens
        return sum(price * count for price, count in zip(self.prices, tokens)) / 1_000_000

    def complete(self, messages):
        for turn in range(self.retries + 1):
            try:
                body = self._post({"messages": messages}).read()
            except _PassingError as passing:
                self._wait(turn, passing)
                continue
            except (OSError, http.client.HTTPException) as error:
                self._wait(turn, _PassingError(_error(f"{type(error).__name__} while reading")))
                continue
            return self._answer(body)
        raise AssertionError

    def _answer(self, body):
        try:
            reply = json.loads(body.decode())
            self._count(reply)
            [choice, *_] = reply["choices"]
            text = choice["message"]["content"]
        except Exception:
            raise _error("the reply holds no answer") from None
        if choice.get("finish_reason") == "length":
            raise _error("cut at the token limit")
        if not text:
            raise _error("empty")
        return text

    def stream(self, messages):
        body = {"messages": messages, "stream": True, "stream_options": {"include_usage": True}}
        turn, started = 0, False
        while True:
            try:
                for text in self._texts(self._post(body)):
                    started = True
                    yield text
            except _PassingError as passing:
                if started:
                    raise passing.error from None
                self._wait(turn, passing)
            else:
                return
            turn += 1

    def _texts(self, response):
        rest, reason = b"", None
        while True:
            try:
                data = response.read1(4096)
            except (OSError, http.client.HTTPException) as error:
                raise _PassingError(_error(f"{type(error).__name__} in the stream")) from None
            if not data:
                raise _PassingError(_error("the stream stopped"))
            *lines, rest = (rest + data).split(b"\n")
            for value in filter(None, map(_data, lines)):
                if value == "[DONE]":
                    if reason == "length":
                        raise _error("cut at the token limit")
                    return
                for choice in self._choices(value):
                    reason = choice.get("finish_reason") or reason
                    if choice["delta"].get("content"):
                        yield choice["delta"]["content"]

    def _choices(self, value):
        event = json.loads(value)
        if "error" in event:
            raise _error(_clean(f"the server failed: {event['error']['message']}"))
        self._count(event)
        return event["choices"]

    def _post(self, body):
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        link = kind(self.place, timeout=self.timeout)
        key = os.environ.get("LLM_API_KEY", "")
        head = {"content-type": "application/json", "authorization": "Bearer " + key}
        data = json.dumps({"model": self.model, **body}, ensure_ascii=False).encode("utf-8")
        try:
            link.request("POST", self.path, data, head)
            response = link.getresponse()
            said = response.read() if response.status != 200 else b""
        except (OSError, http.client.HTTPException) as error:
            raise _PassingError(_error(f"{type(error).__name__} on the way")) from None
        if response.status == 200:
            return response
        found = re.search(rb'"message":\s*"([^"]*)"', said)
        text = found[1].decode(errors="replace") if found else "no reason given"
        error = _error(_clean(f"{response.status}: {text}"), response.status)
        if response.status == 429 or response.status // 100 == 5:
            raise _PassingError(error, self._asked(response.getheader("retry-after")))
        raise error

    def _asked(self, header):
        if header is None:
            return 0.0
        if header.isdecimal():
            return float(header)
        try:
            return parsedate_to_datetime(header).timestamp() - time.time()
        except ValueError:
            return 0.0

    def _wait(self, turn, passing):
        if turn == self.retries:
            raise passing.error from None
        bound = min(self.backoff * 2.0**turn, self.max_wait)
        self.sleep(max(random.uniform(bound / 2, bound), passing.wait))

    def _count(self, reply):
        usage = reply.get("usage") or {}
        self.prompt_tokens += usage.get("prompt_tokens", 0)
        self.completion_tokens += usage.get("completion_tokens", 0)
