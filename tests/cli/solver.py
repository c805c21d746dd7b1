"""Right and wrong answers to the questions of tests/banks/twelve, from what a script sees.

Right options hold the word RIGHT, steps are numbered S1, S2, …, partners R1, R2.
"""

from __future__ import annotations


def numbers(choices, word):
    """Return the numbers of the choices whose text holds `word`."""
    return [choice["number"] for choice in choices if word in choice["text"]]


def right(question):
    """Return the right answer as JSON."""
    match question["question_type"]:
        case "single":
            return numbers(question["options"], "RIGHT")[0]
        case "multiple":
            return numbers(question["options"], "RIGHT")
        case "true-false":
            return {"claim": False, "reason": numbers(question["reasons"], "RIGHT")[0]}
        case "bug":
            return {"claim": 3, "reason": numbers(question["reasons"], "RIGHT")[0]}
        case "ordering":
            return [numbers(question["steps"], f"S{step}")[0] for step in (1, 2, 3, 4)]
        case "matching":
            return [numbers(question["rights"], f"R{pair}")[0] for pair in (1, 2)]
        case other:
            return TYPED[other]


TYPED = {
    "numeric": "14 GB",
    "short": "ＫＶ－Cache",
    "cloze": ["-1", "3"],
    "output": 6,
    "shape": "（B, H, S, S）",
    "open": [1, 2, 3],
}
WRONG = {
    "single": 4,
    "multiple": [],
    "true-false": {"claim": True, "reason": 1},
    "bug": {"claim": 1, "reason": 1},
    "ordering": None,
    "matching": [3, 3],
    "numeric": "28",
    "short": "prefix cache",
    "cloze": ["0", "0"],
    "output": "10",
    "shape": "(B, H, S, D)",
    "open": [],
}


def wrong(question):
    """Return a wholly wrong answer as JSON."""
    if question["question_type"] == "multiple":
        every = {choice["number"] for choice in question["options"]}
        return sorted(every - set(right(question)))
    if question["question_type"] in {"true-false", "bug"}:
        key = right(question)["reason"]
        other = next(c["number"] for c in question["reasons"] if c["number"] != key)
        return {**WRONG[question["question_type"]], "reason": other}
    if question["question_type"] == "single":
        return numbers(question["options"], "faster")[0]
    if question["question_type"] == "ordering":
        return right(question)[::-1]
    return WRONG[question["question_type"]]
