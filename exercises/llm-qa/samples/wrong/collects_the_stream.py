"""Reads the whole stream before it hands out the first piece.

fails: test_stream_hands_out_pieces_at_once
"""

import http.client
import json
import math
import os
import random
import re
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import contextmanager

NOT_FOUND = "NOT_IN_SOURCES"
RULES = f"""Answer with the passages only, in the language of the question.
Behind each statement cite its passage by the mark in front of it, like [#id].
If the passages do not hold the answer, reply {NOT_FOUND} and nothing else."""


def search(question, passages, k=3):
    """Return the ids of the best passages by cosine of TF-IDF; none without a word in common."""
    bags = [Counter(_words(text)) for _, text in passages]
    spread = Counter(word for bag in bags for word in bag)  # in how many passages
    rarity = {word: math.log(1 + len(bags) / count) for word, count in spread.items()}
    wanted = set(_words(question))
    scores = {}
    for (name, _), bag in zip(passages, bags):
        weights = {word: count * rarity[word] for word, count in bag.items()}
        shared = [weights[word] * rarity[word] for word in bag if word in wanted]
        if shared:
            scores[name] = sum(shared) / math.hypot(*weights.values())  # long texts gain nothing
    return sorted(scores, key=scores.get, reverse=True)[:k]


def _words(text):
    """Return words in lower case; Chinese has no spaces, so its words are pairs of characters."""
    text = text.lower()
    pairs = re.findall(r"(?=([\u4e00-\u9fff]{1,2}))", text)  # at each character: it and the next
    return re.findall(r"[^\W\u4e00-\u9fff]+", text) + pairs


def build_messages(question, passages):
    """Return the prompt: rules from us, passages and question as data behind them."""
    sources = "\n\n".join(f"[#{name}] {text}" for name, text in passages)
    return [
        {"role": "system", "content": RULES},
        {"role": "user", "content": f"{sources}\n\nQuestion: {question}"},
    ]


def check_citations(text, ids):
    """Return the cited ids that were given and those that were not, as they first occur."""
    cited = list(dict.fromkeys(re.findall(r"\[#([\w.-]+)\]", text)))
    return [name for name in cited if name in ids], [name for name in cited if name not in ids]


def ask(question, passages, client, k=3):
    """Return answer, sources and found; what the passages do not support is not an answer."""
    nothing = {"answer": NOT_FOUND, "sources": [], "found": False}
    names = search(question, passages, k)
    if not names:
        return nothing
    texts = dict(passages)
    reply = client.complete(build_messages(question, [(name, texts[name]) for name in names]))
    cited, unknown = check_citations(reply, names)
    if NOT_FOUND in reply or unknown or not cited:
        return nothing
    return {"answer": reply.strip(), "sources": cited, "found": True}


class ChatError(Exception):
    """No answer; `status` is that of HTTP, or None. `again` says whether a retry may help."""

    def __init__(self, text, status=None, *, again=False, after=0):
        super().__init__(text)
        self.status, self.again, self.after = status, again, after


class ChatClient:
    """Talks to a chat-completions endpoint, and counts what it costs.

    Prices are for a million tokens. The key is read when it is needed and kept nowhere.
    """

    def __init__(
        self,
        base_url,
        model,
        *,
        timeout=30.0,
        retries=4,
        backoff=0.5,
        max_wait=30.0,
        sleep=time.sleep,
        input_price=0.0,
        output_price=0.0,
    ):
        self._url = base_url.rstrip("/") + "/chat/completions"
        self._model, self._timeout, self._retries = model, timeout, retries
        self._backoff, self._max_wait, self._sleep = backoff, max_wait, sleep
        self._input_price, self._output_price = input_price, output_price
        self.prompt_tokens = self.completion_tokens = 0
        self.cost = 0.0

    def complete(self, messages):
        """Return the whole answer."""
        return self._retried(lambda: self._whole(messages))

    def stream(self, messages):
        """Yield the answer piece by piece; only what fails before the first is tried again."""
        first, rest = self._retried(lambda: self._begun(messages))
        yield from first
        yield from rest

    def _retried(self, attempt):
        turn = 0
        while True:
            try:
                return attempt()
            except ChatError as error:
                if not error.again or turn == self._retries:
                    raise
                wait = min(self._max_wait, self._backoff * 2**turn) * random.uniform(0.5, 1)
                self._sleep(max(wait, error.after))
            turn += 1

    def _whole(self, messages):
        with self._open(messages) as response, _faults():
            reply = json.loads(response.read())
            self._count(reply.get("usage"))
            choice = reply["choices"][0]
            text = choice["message"]["content"]
        if not isinstance(text, str) or choice.get("finish_reason") == "length":
            raise ChatError("no text, or cut by the token limit")
        return text

    def _begun(self, messages):
        pieces = self._pieces(messages)
        return list(pieces), []

    def _pieces(self, messages):
        is_cut = False
        told = {"stream": True, "stream_options": {"include_usage": True}}
        with self._open(messages, **told) as response, _faults():
            for line in response:  # whole lines, so no character is torn apart
                if not line.startswith(b"data:"):
                    continue
                data = line.removeprefix(b"data:").strip()
                if data == b"[DONE]":
                    break
                chunk = json.loads(data)
                if "error" in chunk:
                    raise ChatError(f"the stream broke off: {_message(data)}")
                self._count(chunk.get("usage"))
                for choice in chunk["choices"]:
                    is_cut = choice.get("finish_reason") == "length"
                    if choice["delta"].get("content"):
                        yield choice["delta"]["content"]
            else:
                raise ChatError("the stream ended early", again=True)
        if is_cut:
            raise ChatError("cut by the token limit")

    def _open(self, messages, **more):
        body = json.dumps({"model": self._model, "messages": messages, **more}).encode()
        headers = {"Authorization": f"Bearer {_key()}", "Content-Type": "application/json"}
        request = urllib.request.Request(self._url, body, headers)
        with _faults():
            try:
                return urllib.request.urlopen(request, timeout=self._timeout)
            except urllib.error.HTTPError as error:
                text = f"HTTP {error.code}: {_message(error.read())}"
                again = error.code == 429 or error.code >= 500
                after = error.headers.get("Retry-After", "")  # seconds, or a date
                wait = int(after) if after.isdigit() else 0
                raise ChatError(text, error.code, again=again, after=wait) from None

    def _count(self, usage):
        if usage:
            self.prompt_tokens += usage["prompt_tokens"]
            self.completion_tokens += usage["completion_tokens"]
            paid = self.prompt_tokens * self._input_price
            self.cost = (paid + self.completion_tokens * self._output_price) / 1e6


@contextmanager
def _faults():
    """Turn what can go wrong on the way into ChatError; its text never holds what was sent."""
    try:
        yield
    except (OSError, http.client.HTTPException) as error:  # refused, cut, reset, late
        raise ChatError(type(error).__name__, again=True) from None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ChatError(f"unusable answer: {type(error).__name__}") from None


def _key():
    return os.environ.get("LLM_API_KEY") or "none"


def _message(body):
    """Return what the server says, without the key; a proxy's error page says nothing."""
    try:
        return str(json.loads(body)["error"]["message"]).replace(_key(), "***")
    except (ValueError, LookupError, TypeError):
        return ""
