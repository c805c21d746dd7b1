"""`prep run exercise ID --quick` of every exercise, from the command to its end.

`python tests/benchmarks/quick_runs.py [ID]…`. Target: under a minute each, on two CPU cores.
Loading the libraries and drawing the curves are in it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGET = 60.0


def timed(name: str, home: str) -> tuple[float, str, str]:
    """Return the seconds of one run, how it ended, and the last value of each metric."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PREP_HOME": home}
    command = [sys.executable, "-m", "prep", "run", "exercise", name]
    options = ["--quick", "--json", "--solution", "reference", "--device", "cpu"]
    began = time.perf_counter()
    done = subprocess.run(
        [*command, *options], env=env, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - began
    if done.returncode:
        return seconds, f"exit code {done.returncode}", done.stderr.strip()
    metrics = json.loads(done.stdout)["metrics"].items()
    told = ", ".join(f"{metric} {curve['values'][-1]:.4g}" for metric, curve in metrics)
    return seconds, "done", told


def main() -> int:
    """Print a table; 1 when a run failed or took too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    names = parser.parse_args().names
    names = names or sorted(path.parent.name for path in ROOT.glob("exercises/*/demo.py"))
    missed = False
    with tempfile.TemporaryDirectory() as home:
        for name in names:
            seconds, end, told = timed(name, home)
            missed |= end != "done" or seconds > TARGET
            print(f"{name:<12} {seconds:6.1f} s  {end}  {told}", flush=True)
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
