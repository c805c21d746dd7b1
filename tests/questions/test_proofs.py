"""Every key that code can compute is computed here."""

from __future__ import annotations

import pytest

from prep.model.question import Bug, Output
from tests.questions.proving import missing_libraries, prove, shipped_bank

PROVED = [
    loaded
    for loaded in shipped_bank().questions
    if loaded.question.proof is not None or isinstance(loaded.question, Bug | Output)
]


@pytest.mark.parametrize(
    "loaded", PROVED, ids=[f"{loaded.file.topic}-{loaded.question.id}" for loaded in PROVED]
)
def test_the_key_is_what_code_computes(loaded):
    missing = missing_libraries(loaded.question)
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    prove(loaded)
