"""Kill scripted quizzes at random moments; look for answers that were confirmed and lost.

`python -m tests.benchmarks.kills [--kills 300] [--seed 1]`. Each run answers a JSON quiz as
fast as it can and is killed (SIGKILL) after a random time. An answer is confirmed when its
feedback line was read. Afterwards: the store opens and is sound, holds every confirmed
answer, no card was scheduled twice on a day, and a rebuild changes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import prep
from prep.store import Store

SOURCE = str(Path(prep.__file__).parents[1])


def answer_to(question: dict[str, object]) -> object:
    """Return some well-formed answer to a question of any type."""
    kind = question["question_type"]
    if kind == "single":
        return 1
    if kind in {"multiple", "open"}:
        return [1]
    if kind == "true-false":
        return {"claim": True, "reason": 1}
    if kind == "bug":
        return {"claim": 1, "reason": 1}
    if kind in {"ordering", "matching"}:
        parts = question["steps"] if kind == "ordering" else question["lefts"]
        return list(range(1, len(parts) + 1))  # type: ignore[arg-type]
    if kind == "cloze":
        return ["x"] * int(str(question["gaps"]))
    return "(1, 1)" if kind == "shape" else "1"


def run_and_kill(home: Path, delay: float, seed: int) -> list[str]:
    """Return the ids whose answers were confirmed before the process was killed."""
    env = {**os.environ, "PREP_HOME": str(home), "PYTHONPATH": SOURCE}
    command = [sys.executable, "-m", "prep", "quiz", "--json", "--new", "--count", "500",
               "--seed", str(seed)]  # fmt: skip
    process = subprocess.Popen(
        command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    timer = threading.Timer(delay, process.send_signal, [signal.SIGKILL])
    confirmed: list[str] = []
    assert process.stdin is not None
    assert process.stdout is not None
    for line in process.stdout:
        if not line.endswith("\n"):
            break
        message = json.loads(line)
        if message["type"] == "feedback":
            confirmed.append(message["id"])
        elif message["type"] == "question":
            # Time runs from the first question on: kills are to hit answers, not imports.
            if not timer.is_alive() and not timer.finished.is_set():
                timer.start()
            try:
                process.stdin.write(json.dumps({"answer": answer_to(message)}) + "\n")
            except BrokenPipeError:
                break
    code = process.wait()
    timer.cancel()
    assert code in {0, -signal.SIGKILL}, f"exit code {code}"
    return confirmed


def check(home: Path, confirmed: Counter[str]) -> None:
    """Raise unless the store holds what was confirmed."""
    with Store.open(home / "progress.sqlite3") as store:
        assert store.complaints() == [], store.complaints()
        entries = list(store.log())
        stored = Counter(entry.question for entry in entries)
        lost = confirmed - stored
        assert not lost, f"lost: {dict(lost)}"
        scheduled = Counter(
            (entry.question, entry.day) for entry in entries if entry.kind in {"learn", "review"}
        )
        twice = [key for key, count in scheduled.items() if count > 1]
        assert not twice, f"scheduled twice: {twice}"
        assert store.rebuild() == 0, "a rebuild changed cards"


def main() -> None:
    """Kill, check, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    total, started = 0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for fresh in range(0, options.kills, 10):
            home = Path(folder) / str(fresh)
            home.mkdir()
            confirmed: Counter[str] = Counter()
            for kill in range(fresh, min(fresh + 10, options.kills)):
                found = run_and_kill(home, chance.uniform(0, 0.4), kill)
                confirmed.update(found)
                total += len(found)
                check(home, confirmed)
    seconds = time.monotonic() - started
    print(f"{options.kills} kills, {total} confirmed answers, none lost, {seconds:.0f} s")


if __name__ == "__main__":
    main()
