"""Time of building and opening the index of 10,000 questions, beside `yaml.load`.

`python -m tests.benchmarks.index_build` (or `python tests/benchmarks/index_build.py`);
the target is a ratio of at most 1.0. Runs alternate, each in a process of its own; the build
and `yaml.load` are compared by CPU time, so that other work on the machine counts less.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
_YAML = """
import json, pathlib, sys, time, yaml
files = sorted(pathlib.Path(sys.argv[1]).glob("*/*.yaml"))
start = time.process_time()
for file in files:
    yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
print(json.dumps({"yaml.load, CPU s": time.process_time() - start}))
"""
_BUILD = """
import json, pathlib, sys, time
from prep.bank.build import build
start = time.process_time()
data, findings = build(pathlib.Path(sys.argv[1]), b"", b"")
seconds = time.process_time() - start
assert data is not None, findings[:5]
print(json.dumps({"build, CPU s": seconds, "index, MB": len(data) / 1e6}))
"""
_OPEN = """
import json, pathlib, sys, time
import psutil
from prep.bank import opening as module
from prep.core.search import matches
before = psutil.Process().memory_info().rss
start = time.perf_counter()
index, findings = module.open_index(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
opened = time.perf_counter()
index.by_id
found = time.perf_counter()
for entry in index.entries[::500]:
    index.question(entry)
read = time.perf_counter()
memory = psutil.Process().memory_info().rss - before
result = {
    "open, ms": 1e3 * (opened - start),
    "by_id, ms": 1e3 * (found - opened),
    "one question, µs": 1e6 * (read - found) / len(index.entries[::500]),
    "memory, MB": memory / 1e6,
}
for query in ("KV cache", "量化", "x"):
    start = time.perf_counter()
    hits = sum(1 for _ in matches(index.search_lines(), query))
    result[f"search {query} ({hits}), ms"] = 1e3 * (time.perf_counter() - start)
print(json.dumps(result))
"""


def run(script: str, *arguments: Path) -> dict[str, float]:
    """Run a script in a fresh process and return the numbers that it prints."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return dict(json.loads(done.stdout))


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of each number."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def main() -> None:
    """Measure and print; exit code 1 when the build is slower than `yaml.load`."""
    sys.path.insert(0, str(ROOT))
    from tests.benchmarks.big_bank import write_big_bank

    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bank, cache = Path(folder, "bank"), Path(folder, "cache")
        count = write_big_bank(bank, given.count)
        size = sum(path.stat().st_size for path in bank.rglob("*.yaml"))
        print(f"{count} questions, {size / 1e6:.1f} MB of YAML")
        pairs = [(run(_YAML, bank), run(_BUILD, bank)) for _ in range(given.runs)]
        yaml_load, build = (medians(list(runs)) for runs in zip(*pairs, strict=True))
        run(_OPEN, bank, cache)
        for numbers in (
            yaml_load,
            build,
            medians([run(_OPEN, bank, cache) for _ in range(given.runs)]),
        ):
            for name, value in numbers.items():
                print(f"{name:32} {value:8.2f}")
    ratio = build["build, CPU s"] / yaml_load["yaml.load, CPU s"]
    print(f"{'build / yaml.load':32} {ratio:8.2f}  (target: at most 1.00)")
    sys.exit(ratio > 1)


if __name__ == "__main__":
    main()
