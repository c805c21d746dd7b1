"""Log lines that C++ libraries write past Python: nobody's words, and not the learner's."""

from __future__ import annotations

import re

from prep.model.verdict import Output

# Google's and PyTorch's loggers name the file and line of their own source.
_LOGGED = r"[^\n]{0,120}?[\w/.-]+\.(?:cc|cpp|cu|h):\d+\] [^\n]*"
_TENSORFLOW = (
    r"WARNING: All log messages before absl::InitializeLog\(\)[^\n]*",
    r"INFO: [^\n]*TensorFlow Lite[^\n]*",
    r"fully_quantize: \d+, inference_type: [^\n]*",
)
_NOISE = re.compile("^(?:" + "|".join((_LOGGED, *_TENSORFLOW)) + r")(?:\n|\Z)", re.MULTILINE)


# Where a worker's copy of the file lies says nothing to the learner.
_FOLDER = re.compile(r"[^\s\"']*/prep-\w+/sol-\d+/(?=\w)")


def without_noise(output: Output) -> Output:
    """Return what was printed without such lines, and without their bytes in the count."""
    return _less(output, _NOISE.sub("", output.kept))


def without_folders(output: Output) -> Output:
    """Return what was printed with plain `solution.py` in warnings and tracebacks."""
    return _less(output, _FOLDER.sub("", output.kept))


def _less(output: Output, kept: str) -> Output:
    taken = len(output.kept.encode()) - len(kept.encode())
    return Output(kept, output.total - taken) if taken else output
