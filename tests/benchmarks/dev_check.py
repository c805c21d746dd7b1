"""Seconds of `prep dev check` for each exercise, beside the same gradings one after another.

`python -m tests.benchmarks.dev_check [ID]… [--jobs N]`. The yardstick: every trial graded in full,
by one pair of warm servers, without what the reference has answered before. Target: under 60 s for
each exercise on two idle cores.
"""

from __future__ import annotations

import argparse
import os
import time
from datetime import date
from pathlib import Path

from prep.app.dev_check import Wanted, check_exercises
from prep.cli.places import shipped
from prep.exercises.catalog import exercise_ids, find_exercise
from prep.exercises.trials import trials
from prep.grading.copies import scratch_folder
from prep.grading.job import Job
from prep.grading.servers import Bench
from prep.grading.supervise import grade
from prep.model.dev import ExerciseCheck


def checked(root: Path, name: str, jobs: int) -> tuple[float, ExerciseCheck]:
    """Return the seconds of the check with all it loads, and what it found."""
    began = time.perf_counter()
    topics = {path.parent.name for path in shipped("questions").glob("*/topic.yaml")}
    wanted = Wanted(root=root, names=[name], topics=topics, today=date.max, jobs=jobs)
    last = list(check_exercises(wanted))[-1]
    assert isinstance(last, ExerciseCheck)
    return time.perf_counter() - began, last


def one_by_one(root: Path, name: str) -> float:
    """Return the seconds of the same trials, each graded alone and to its end."""
    shelf = find_exercise(root, name)
    began = time.perf_counter()
    with scratch_folder() as folder, Bench(shelf.exercise.needs, warm=True) as bench:
        bench.wait()
        for number, trial in enumerate(trials(shelf)):
            file = folder / f"{number}.py"
            file.write_bytes(trial.source)
            job = Job(exercise=shelf.exercise, folder=shelf.folder, file=file, seed=trial.seed)
            grade(job, bench=bench)
    return time.perf_counter() - began


def main() -> None:
    """Print one line for each exercise."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--no-yardstick", action="store_true")
    given = parser.parse_args()
    root = shipped("exercises")
    print(f"{'exercise':20} {'gradings':>8} {'check':>8} {'one by one':>10} {'findings':>8}")
    for name in given.names or exercise_ids(root):
        seconds, check = checked(root, name, given.jobs)
        yardstick = "" if given.no_yardstick else f"{one_by_one(root, name):.1f} s"
        print(
            f"{name:20} {check.gradings:8} {seconds:6.1f} s {yardstick:>10} "
            f"{len(check.findings):8}",
            flush=True,
        )


if __name__ == "__main__":
    main()
