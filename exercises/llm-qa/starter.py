"""Answers from sources. The task: task.en.md, task.zh.md."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

NOT_FOUND = "NOT_IN_SOURCES"

Passage = tuple[str, str]  # id, text
Message = dict[str, str]  # role, content


def search(question: str, passages: Sequence[Passage], k: int = 3) -> list[str]:
    """Return the ids of at most k passages that fit the question, the best first."""
    # TODO: words (Chinese has no spaces), rare words count more, long passages gain nothing
    raise NotImplementedError


def build_messages(question: str, passages: Sequence[Passage]) -> list[Message]:
    """Return a system message with the rules, and a user message with passages and question."""
    # TODO
    raise NotImplementedError


def check_citations(text: str, ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the ids cited as [#id] that are in `ids`, and those that are not."""
    # TODO
    raise NotImplementedError


def ask(
    question: str, passages: Sequence[Passage], client: "ChatClient", k: int = 3
) -> dict[str, Any]:
    """Return {"answer": …, "sources": [ids], "found": True or False}."""
    # TODO: search, prompt, client.complete, citations; NOT_FOUND when there is no support
    raise NotImplementedError


class ChatError(Exception):
    """The model gave no answer; `status` is that of HTTP, or None."""

    def __init__(self, text: str, status: int | None = None) -> None:
        super().__init__(text)
        self.status = status


class ChatClient:
    """Talks to an OpenAI-compatible endpoint, and counts tokens and cost."""

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        timeout: float = 30.0,
        retries: int = 4,
        backoff: float = 0.5,
        max_wait: float = 30.0,
        sleep: Callable[[float], object] = time.sleep,
        input_price: float = 0.0,
        output_price: float = 0.0,
    ) -> None:
        # TODO: also prompt_tokens, completion_tokens and cost
        raise NotImplementedError

    def complete(self, messages: Sequence[Message]) -> str:
        """Return the whole answer."""
        # TODO
        raise NotImplementedError

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield the answer in pieces, as they arrive."""
        # TODO
        raise NotImplementedError
