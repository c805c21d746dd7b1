"""Small banks, written as files; a fixed outside world."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from prep.bank.opening import open_index
from prep.model.verdict import CheckResult, Report

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def single(name, *, level=1, tag="t", meaning=1):
    """Return a question of the first type; its first option is right."""
    words = {language: f"{name} {language}题" for language in ("en", "zh")}
    texts = [{"text": f"{name}{at}", "reason": f"r{at}"} for at in range(3)]
    return {
        "id": name, "revision": "1", "type": "single", "level": str(level), "tags": [tag],
        "meaning": str(meaning), "prompt": words, "explanation": words,
        "options": [{**text, "right": str(at == 0).lower()} for at, text in enumerate(texts)],
        "sources": [{"title": "t", "url": "https://example.org"}], "checked": "2026-11-22",
    }  # fmt: skip


def typed(name, accept="layer norm"):
    """Return a question that is answered by typing."""
    plain = single(name)
    del plain["options"]
    return {**plain, "type": "short", "accept": [accept]}


def write_bank(folder, topics):
    """Write a bank of `topics`: a list of questions by topic, or by (topic, group)."""
    for place, questions in topics.items():
        topic, group = place if isinstance(place, tuple) else (place, "all")
        (folder / topic).mkdir(parents=True, exist_ok=True)
        head = {"format": "1", "name": topic, "tags": [{"id": "t", "name": "t"}]}
        body = {"format": "1", "questions": questions}
        # JSON is YAML.
        _write(folder / topic / "topic.yaml", head)
        _write(folder / topic / f"{group}.yaml", body)
    return folder


def index_of(folder, cache):
    """Return the compiled bank of a folder."""
    index, findings = open_index(folder, cache)
    assert index is not None, findings
    return index


def _write(path, data):
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


class Outside:
    """A clock that the test moves; ids and seeds that count."""

    def __init__(self, at=MONDAY):
        self.at = at
        self.ids = 0

    def now(self):
        return self.at

    def offset(self):
        return 0

    def uid(self):
        self.ids += 1
        return f"id{self.ids:06}"

    def seed(self):
        self.ids += 1
        return self.ids

    def pass_time(self, *, days=0, minutes=0):
        self.at += timedelta(days=days, minutes=minutes)


def write_exercise(root, name, **values):
    """Write the folder of an exercise with three hints; return it."""
    both = {"en": f"{name} en", "zh": f"{name} 题"}
    data = {
        "format": "1", "id": name, "title": both, "summary": both, "topic": "foundations",
        "level": "2", "minutes": "10", "extra": "torch", "checked": "2026-11-22",
        "entries": [{"name": "f", "call": "f()", "returns": both}],
        "hints": [{"en": f"hint {at}", "zh": f"提示 {at}"} for at in (1, 2, 3)],
        "sources": [{"title": "t", "url": "https://example.org"}],
        "checks": [{"name": "test_f", "title": both, "teaches": both}],
    }  # fmt: skip
    folder = root / name
    folder.mkdir(parents=True)
    _write(folder / "exercise.yaml", {**data, **values})
    for file, text in (("starter.py", "raise NotImplementedError\n"), ("reference.py", "f = 1\n"),
                       ("task.en.md", "# Task\n"), ("task.zh.md", "# 题目\n")):  # fmt: skip
        (folder / file).write_text(text, encoding="utf-8")
    return folder


def report_of(name, verdict="passed", sha="a"):
    """Return the report of a grading with two checks."""
    outcome = "passed" if verdict == "passed" else "failed"
    checks = (CheckResult("test_a", "passed"), CheckResult("test_b", outcome))
    return Report(
        exercise=name, verdict=verdict, checks=checks, weights=(3, 1), seed=7, device="cpu",
        seconds=1.23456, sha256=(sha * 64)[:64],
    )  # fmt: skip
