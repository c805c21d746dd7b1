"""The memory of `prep grade` itself while it grades, also while a solution prints 1 GB.

`python tests/benchmarks/memory.py`. The peak of the command's own process (not of the servers
and workers that it starts), beside that of Python with the same libraries and nothing to do.
Target: under 100 MB, and no more with the gigabyte than without. Linux only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGET = 100
FLOOD = "\nfor _ in range(2000):\n    print('x' * 500_000)\n"


def peak(command: list[str], env: dict[str, str]) -> tuple[float, str]:
    """Return the peak memory of a process in MB and its output."""
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, env=env, stdout=output, cwd="/")
        most = 0.0
        while process.poll() is None:
            most = max(most, high_water(process.pid))
            time.sleep(0.01)
        output.seek(0)
        return most, output.read()


def high_water(pid: int) -> float:
    """Return the highest resident memory so far, in MB; 0 for a process that has ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    lines = [line for line in text.splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) / 1000 if lines else 0.0


def main() -> None:
    """Print the table."""
    reference = (ROOT / "exercises" / "rnn" / "reference.py").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "PREP_HOME": home, "PYTHONPATH": str(ROOT / "src")}
        libraries = (
            "import time, typer, rich.console, msgspec, yaml, psutil, sqlite3; time.sleep(1)"
        )
        yard, _ = peak([sys.executable, "-c", libraries], env)
        print(f"{'Python with the same libraries':<40} {yard:6.1f} MB")
        worst = 0.0
        for name, source in (("the reference", reference), ("it prints 1 GB", reference + FLOOD)):
            file = Path(home) / "solution.py"
            file.write_text(source, encoding="utf-8")
            command = [sys.executable, "-m", "prep", "--lang", "en", "grade", "rnn", "--file"]
            found, output = peak([*command, str(file)], env)
            worst = max(worst, found)
            passed = output.startswith("Passed")
            print(f"prep grade rnn: {name:<24} {found:6.1f} MB   passed: {passed}")
        print(f"most {worst:.1f} MB (under {TARGET})")


if __name__ == "__main__":
    main()
