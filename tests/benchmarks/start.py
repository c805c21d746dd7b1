"""How fast the program starts, beside an empty Typer application at the same versions.

`python tests/benchmarks/start.py [--runs N] [--big]` runs each command in turn with its
yardstick and prints medians and ratios. `prep quiz` is run on a real pseudo-terminal and
timed from its start to the moment the first question's last line is on the screen.
"""

from __future__ import annotations

import argparse
import os
import pty
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
EMPTY_APP = """
import typer
app = typer.Typer()
@app.command()
def main() -> None:
    print("hello")
app()
"""
# The last words of every way of asking.
READY = (b"? keys", b"> ")


def seconds(command: list[str], env: dict[str, str], until: tuple[bytes, ...] = ()) -> float:
    """Return the seconds until the process ends, or until one of `until` is on its terminal."""
    parent, child = pty.openpty()
    started = time.perf_counter()
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=env, cwd="/")
    os.close(child)
    seen = b""
    try:
        while True:
            try:
                data = os.read(parent, 65536)
            except OSError:
                data = b""
            seen += data
            if until and any(mark in seen for mark in until):
                return time.perf_counter() - started
            if not data:
                break
    finally:
        if until:
            process.kill()
        process.wait()
        os.close(parent)
    if until:
        raise SystemExit(f"the first question did not come:\n{seen.decode(errors='replace')}")
    return time.perf_counter() - started


def compare(
    name: str, command: list[str], env: dict[str, str], runs: int, until: tuple[bytes, ...] = ()
) -> float:
    """Print and return the ratio of medians of `command` and of the empty application."""
    empty = [sys.executable, "-c", EMPTY_APP]
    own, yard = [], []
    for run in range(runs + 2):
        a, b = seconds(command, env, until), seconds(empty, env)
        if run > 1:
            own.append(a)
            yard.append(b)
    ratio = statistics.median(a / b for a, b in zip(own, yard, strict=True))
    own_ms, yard_ms = statistics.median(own) * 1000, statistics.median(yard) * 1000
    print(f"{name:<40} {own_ms:6.0f} ms   empty Typer {yard_ms:6.0f} ms   ratio {ratio:.2f}")
    return ratio


def main() -> None:
    """Run all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=21)
    parser.add_argument("--bank", type=Path, help="also start a quiz on this (large) bank")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        env = {
            "PATH": os.environ["PATH"],
            "PREP_HOME": home,
            "TERM": "xterm",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT / "src"),
        }
        prep = [sys.executable, "-c", "from prep.cli.main import run; run()"]
        compare("prep --version (at most 1.25)", [*prep, "--version"], env, options.runs)
        compare("prep quiz, shipped bank (at most 1.8)", [*prep, "quiz"], env, options.runs, READY)
        if options.bank:
            quiz = [*prep, "quiz", "--bank", str(options.bank), "--trust"]
            compare(f"prep quiz, {options.bank.name} (at most 1.8)", quiz, env, options.runs, READY)


if __name__ == "__main__":
    main()
