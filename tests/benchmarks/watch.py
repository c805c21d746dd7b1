"""From a save to the verdict in `prep grade --watch`, beside what the checks themselves take.

`python tests/benchmarks/watch.py [--runs N] [--exercise ID]…`. The real command runs on a
pseudo-terminal; a save replaces the file, as editors do; the clock stops when the verdict is on
the screen. Overhead = that time − the checks' own seconds; target: at most 0.25 s. It includes
noticing the save, forking and isolating two workers, and loading the solution. How busy the
machine is shows in the yardstick, importing torch: a second or two on an idle one.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pexpect

ROOT = Path(__file__).parents[2]
TARGET = 0.25
EXERCISES = ("rnn", "bert-cls", "mnist-mlp")


def own_seconds(junit: Path, since: int) -> float:
    """Return what the checks of the grading after `since` took themselves."""
    deadline = time.monotonic() + 10
    while not junit.exists() or junit.stat().st_mtime_ns <= since:
        if time.monotonic() > deadline:
            raise SystemExit("no results were written")
        time.sleep(0.01)
    cases = ET.parse(junit).iter("testcase")  # noqa: S314 - our own file
    return sum(float(case.get("time", "0")) for case in cases)


def save(file: Path, text: str) -> None:
    """Save as editors do: a new file takes the old one's place."""
    part = file.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def overheads(name: str, folder: Path, runs: int) -> list[tuple[float, float]]:
    """Return (overhead, the checks' own seconds) of each save."""
    text = (ROOT / "exercises" / name / "reference.py").read_text(encoding="utf-8")
    file, junit = folder / f"{name}.py", folder / f"{name}.xml"
    save(file, text)
    env = {**os.environ, "PREP_HOME": str(folder), "PYTHONPATH": str(ROOT / "src")}
    arguments = ["-m", "prep", "--lang", "en", "grade", name, "--watch"]
    arguments += ["--file", str(file), "--junit", str(junit)]
    child = pexpect.spawn(sys.executable, arguments, env=env, dimensions=(60, 100), timeout=600)
    child.expect(f"Passed.* {name} ")
    own_seconds(junit, 0)
    found = []
    for run in range(runs + 1):
        time.sleep(0.5)
        before = time.time_ns()
        save(file, f"{text}\n# {run}\n")
        began = time.perf_counter()
        child.expect(f"Passed.* {name} ")
        whole = time.perf_counter() - began
        own = own_seconds(junit, before)
        if run:
            found.append((whole - own, own))
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    return found


def importing_torch() -> float:
    """Return the seconds of the yardstick."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    return time.perf_counter() - began


def main() -> None:
    """Print a line for each exercise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--exercise", action="append")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in options.exercise or EXERCISES:
            yard = importing_torch()
            found = overheads(name, Path(folder), options.runs)
            over = [seconds for seconds, _ in found]
            own = statistics.median(seconds for _, seconds in found)
            print(
                f"{name:<12} overhead {statistics.median(over):.3f} s "
                f"(least {min(over):.3f}, most {max(over):.3f}; at most {TARGET})   "
                f"checks {own:.2f} s   import torch {yard:.2f} s"
            )


if __name__ == "__main__":
    main()
