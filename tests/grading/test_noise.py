"""Which lines of the error stream are nobody's words."""

from __future__ import annotations

import pytest

from prep.grading.noise import without_folders, without_noise
from prep.model.verdict import Output

NOISE = [
    "[W1122 06:06:16.996355524 socket.cpp:207] [c10d] The hostname cannot be retrieved. err=-3",
    "2026-11-22 06:06:16.996: I tensorflow/core/util/port.cc:153] oneDNN custom operations are on.",
    "I0000 00:00:1763791234.123456   12345 cpu_feature_guard.cc:210] This binary is optimized.",
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
    "INFO: Created TensorFlow Lite XNNPACK delegate for CPU.",
    "fully_quantize: 0, inference_type: 6, input_inference_type: INT8, output_inference_type: INT8",
]
HERS = [
    "solution.py:6: UserWarning: careful",
    "INFO: the loss is 0.3",
    "see model.cpp: it is [3] too slow",
    "[W] warning",
    "INFO:root:epoch 3",
]


@pytest.mark.parametrize("line", NOISE)
def test_log_lines_of_c_libraries_are_dropped(line):
    text = f"before\n{line}\nafter\n"
    assert without_noise(Output(text, len(text))) == Output("before\nafter\n", 13)
    assert without_noise(Output(line, len(line))) == Output("", 0)


@pytest.mark.parametrize("line", HERS)
def test_what_a_learner_may_print_stays(line):
    output = Output(f"{line}\n", len(line) + 1)
    assert without_noise(output) == output


def test_the_count_of_what_was_not_kept_stays():
    left = without_noise(Output(f"{NOISE[0]}\nmine\n", 1_000_000))
    assert left == Output("mine\n", 1_000_000 - len(NOISE[0]) - 1)


def test_where_the_copy_lay_is_not_shown():
    text = 'File "/tmp/prep-ab_c1/sol-3/solution.py", line 3, in f'
    assert without_folders(Output(text, 54)) == Output('File "solution.py", line 3, in f', 32)
