"""Three hundred of the mutated files of `tests/benchmarks/mutated_yaml.py`."""

from __future__ import annotations

from tests.benchmarks.mutated_yaml import run


def test_no_mutated_file_stops_the_reader_or_passes_against_the_schema(tmp_path):
    (tmp_path / "topic").mkdir()
    tally = run(300, 7, tmp_path)
    assert tally.faults == []
    assert tally.outcomes["passed, fits the schema"] > 20
    assert tally.outcomes["refused, breaks the schema"] > 100
