"""The same solutions graded again and again: is each judged as the first time?

`python -m tests.benchmarks.repeats [--times N]`. All samples of the RNN exercise and the quick
ones of the fault corpus in turn, with a fresh seed each time, on warm servers. A grading is
misjudged when its verdict is another than the one that sample or fault states. Target: 0 in 200.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import yaml
from msgspec import Struct

from prep.exercises.catalog import find_exercise
from prep.grading.benches import Benches
from prep.grading.job import Job
from prep.grading.supervise import grade

ROOT = Path(__file__).parents[2]
QUICK = {"passed", "failed", "broken", "missing", "not_attempted", "exited", "crashed"}


class Case(Struct, frozen=True):
    """A solution and the verdict that it must get."""

    root: Path
    exercise: str
    file: Path
    verdict: str


def cases() -> list[Case]:
    """Return the solutions."""
    rnn = ROOT / "exercises" / "rnn"
    found = [Case(ROOT / "exercises", "rnn", rnn / "reference.py", "passed")]
    for kind, verdict in (("right", "passed"), ("wrong", "failed")):
        files = sorted((rnn / "samples" / kind).glob("*.py"))
        found += [Case(ROOT / "exercises", "rnn", file, verdict) for file in files]
    for folder in sorted((ROOT / "tests" / "faults").iterdir()):
        expected = yaml.safe_load((folder / "expect.yaml").read_text(encoding="utf-8"))
        if expected["verdict"] in QUICK and "needs" not in expected:
            plain = ROOT / "tests" / "grading"
            found.append(Case(plain, "plain", folder / "solution.py", expected["verdict"]))
    return found


def main() -> None:
    """Print every misjudgement, and how many there were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    options = parser.parse_args()
    every, wrong, began = cases(), 0, time.perf_counter()
    with Benches("cpu", warm=True) as benches:
        for number in range(options.times):
            case = every[number % len(every)]
            shelf = find_exercise(case.root, case.exercise)
            job = Job(
                exercise=shelf.exercise, folder=shelf.folder, file=case.file, seed=1000 + number
            )
            report = grade(job, bench=benches.of(shelf.exercise.needs))
            if report.verdict != case.verdict:
                wrong += 1
                print(f"{case.file}: {report.verdict}, not {case.verdict}: {report}")
    seconds = time.perf_counter() - began
    print(
        f"misjudged {wrong} of {options.times} gradings "
        f"of {min(len(every), options.times)} solutions ({seconds:.0f} s)"
    )
    raise SystemExit(wrong > 0)


if __name__ == "__main__":
    main()
