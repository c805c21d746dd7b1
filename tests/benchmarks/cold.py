"""A cold `prep grade rnn` of the reference, beside `python -c "import torch"`.

`python tests/benchmarks/cold.py [--runs N] [--exercise ID]`. Both are run in turn. The ratio is
(the whole command − what its checks themselves took) / importing torch; target: at most 1.5.
The program is cold; the files are in the machine's cache, as for the yardstick.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGET = 1.5


def seconds(command: list[str], env: dict[str, str]) -> tuple[float, str]:
    """Return the wall seconds of a command and its output."""
    began = time.perf_counter()
    run = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    return time.perf_counter() - began, run.stdout


def own_seconds(output: str) -> float:
    """Return what the checks themselves took."""
    (result,) = json.loads(output)["results"]
    if result["verdict"] != "passed":
        raise SystemExit(f"the reference did not pass: {result}")
    return float(sum(check["seconds"] for check in result["checks"]))


def main() -> None:
    """Print a line for each run, and the median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--exercise", default="rnn")
    options = parser.parse_args()
    reference = ROOT / "exercises" / options.exercise / "reference.py"
    yard = [sys.executable, "-c", "import torch"]
    grade = [sys.executable, "-m", "prep", "grade", options.exercise, "--json"]
    ratios = []
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "PREP_HOME": home, "PYTHONPATH": str(ROOT / "src")}
        for run in range(options.runs + 1):
            imported, _ = seconds(yard, env)
            whole, output = seconds([*grade, "--file", str(reference)], env)
            own = own_seconds(output)
            if run == 0:
                continue  # fills the caches
            ratios.append((whole - own) / imported)
            print(
                f"whole {whole:6.2f} s   checks {own:6.2f} s   "
                f"import torch {imported:5.2f} s   ratio {ratios[-1]:.2f}"
            )
    print(f"median ratio {statistics.median(ratios):.2f} (at most {TARGET})")


if __name__ == "__main__":
    main()
