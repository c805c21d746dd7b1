"""The package openai with its retries off; BM25 over characters; plain loops."""

import math
import os
import random
import re
import time

import openai

NOT_FOUND = "NOT_IN_SOURCES"
_HTTP = openai.DefaultHttpxClient()  # one pool of connections for all clients


def _terms(text):
    """Single Chinese characters are terms, and so are the pairs they make."""
    found, before = [], ""
    for match in re.finditer(r"[A-Za-z0-9]+|[\u3400-\u9fff]", text):
        term = match.group().lower()
        found.append(term)
        if not term.isascii() and before:
            found.append(before + term)
        before = "" if term.isascii() else term
    return found


def search(question, passages, k=3):
    texts = [_terms(text) for _, text in passages]
    if not texts:
        return []
    mean = sum(map(len, texts)) / len(texts)
    ranked = []
    for place, terms in enumerate(texts):
        score = 0.0
        for term in set(_terms(question)):
            count = terms.count(term)
            if count:
                df = sum(term in other for other in texts)
                idf = math.log(1 + (len(texts) - df + 0.5) / (df + 0.5))
                score += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(terms) / mean))
        if score > 0:
            ranked.append((-score, place))
    return [passages[place][0] for _, place in sorted(ranked)[:k]]


def build_messages(question, passages):
    system = (
        "You answer from the given passages and from nothing else. Cite each claim with the mark of "
        f"its passage, e.g. [#some-id]. Not in the passages? Then your whole reply is {NOT_FOUND}."
    )
    user = "Passages:\n"
    for name, text in passages:
        user += f"\n[#{name}]\n{text}\n"
    user += f"\n{question}"
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]


def check_citations(text, ids):
    given, invented = [], []
    for name in re.findall(r"\[#([^\]\s]+)\]", text):
        place = given if name in set(ids) else invented
        if name not in place:
            place.append(name)
    return given, invented


def ask(question, passages, client, k=3):
    chosen = search(question, passages, k)
    if chosen:
        prompt = [pair for name in chosen for pair in passages if pair[0] == name]
        answer = client.complete(build_messages(question, prompt)).strip()
        sources, invented = check_citations(answer, chosen)
        if sources and not invented and NOT_FOUND not in answer:
            return {"answer": answer, "sources": sources, "found": True}
    return {"answer": NOT_FOUND, "sources": [], "found": False}


class ChatError(Exception):
    def __init__(self, text, status=None):
        super().__init__(text)
        self.status = status


class ChatClient:
    def __init__(
        self, base_url, model, *, timeout=30.0, retries=4, backoff=0.5, max_wait=30.0,
        sleep=time.sleep, input_price=0.0, output_price=0.0,
    ):  # fmt: skip
        self._client = openai.OpenAI(
            base_url=base_url,
            api_key=os.environ.get("LLM_API_KEY") or "none",
            timeout=timeout,
            max_retries=0,
            http_client=_HTTP,
        )
        self.model, self.retries, self.sleep = model, retries, sleep
        self.backoff, self.max_wait = backoff, max_wait
        self.prices = (input_price, output_price)
        self.prompt_tokens, self.completion_tokens, self.cost = 0, 0, 0.0

    def complete(self, messages):
        turn = 0
        while True:
            try:
                reply = self._client.chat.completions.create(model=self.model, messages=messages)
                break
            except Exception as error:
                self._again(error, turn)
            turn += 1
        try:
            self._pay(reply.usage)
            choice = reply.choices[0]
            text, reason = choice.message.content, choice.finish_reason
        except Exception as error:
            raise ChatError(f"no answer: {type(error).__name__}") from None
        if text is None or reason == "length":
            raise ChatError("no answer, or half of one")
        return text

    def stream(self, messages):
        turn, begun = 0, False
        while True:
            reason = None
            try:
                with self._client.chat.completions.create(
                    model=self.model,
                    messages=messages,
                    stream=True,
                    stream_options={"include_usage": True},
                ) as events:
                    for event in events:
                        self._pay(event.usage)
                        for choice in event.choices:
                            reason = choice.finish_reason or reason
                            if choice.delta.content:
                                begun = True
                                yield choice.delta.content
            except Exception as error:
                self._again(error, self.retries if begun else turn)
            else:
                if reason == "length" or reason is None:
                    raise ChatError("the stream ended early")
                return
            turn += 1

    def _again(self, error, turn):
        """Wait, or raise what the error means."""
        status = getattr(error, "status_code", None)
        passing = status == 429 or (status is not None and status >= 500)
        passing = passing or isinstance(error, openai.APIConnectionError)
        if not passing or turn >= self.retries:
            said = getattr(error, "message", "") if isinstance(error, openai.APIError) else ""
            said = said.replace(self._client.api_key, "[key]")
            raise ChatError(f"{type(error).__name__}: {said}", status) from None
        bound = min(self.max_wait, self.backoff * 2**turn)
        wait = bound * (1 + random.random()) / 2
        if status is not None:
            try:
                wait = max(wait, float(error.response.headers["Retry-After"]) + bound / 10)
            except (KeyError, ValueError):
                pass
        self.sleep(wait)

    def _pay(self, usage):
        if usage is not None:
            self.prompt_tokens += usage.prompt_tokens
            self.completion_tokens += usage.completion_tokens
            self.cost += usage.prompt_tokens * self.prices[0] / 1e6
            self.cost += usage.completion_tokens * self.prices[1] / 1e6
