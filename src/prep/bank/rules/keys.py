"""Rules on the key: the judge must accept it, and must refuse what the bank calls wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.bank.places import Findings
from prep.bank.variants import draw, fill, is_drawn
from prep.core.judge import judge
from prep.core.keys import key_response, near_responses
from prep.errors import PrepError
from prep.model.question import Drawable

if TYPE_CHECKING:
    from prep.bank.load import Loaded
    from prep.model.question import Question

_SEEDS = range(25)


def check_key(loaded: Loaded, *, run_generators: bool) -> Findings:
    """Judge the question's own key and near misses; drawn questions under several seeds."""
    findings = Findings(loaded.file.name)
    question = loaded.question
    if not is_drawn(question):
        _check(loaded, question, findings)
    elif run_generators:
        for seed in _SEEDS:
            _check_variant(loaded, seed, findings)
            if findings:
                break
    return findings


def _check_variant(loaded: Loaded, seed: int, findings: Findings) -> None:
    question = loaded.question
    if not isinstance(question, Drawable) or question.computed is None:
        return
    where = loaded.place("computed")
    try:
        drawn = draw(loaded.file.twin, question.computed, seed)
        unexplained = set(drawn.wrong) ^ set(question.mistakes)
        if unexplained:
            names = ", ".join(sorted(unexplained))
            findings.add(where, "mistakes-differ", names=names, seed=seed)
            return
        _check(loaded, fill(question, drawn), findings)
    except PrepError as error:
        findings.add(where, "generator-failed", seed=seed, problem=_told(error))
    except (KeyError, ValueError, TypeError) as error:
        findings.add(where, "placeholder", seed=seed, problem=f"{type(error).__name__}: {error}")


def _check(loaded: Loaded, question: Question, findings: Findings) -> None:
    try:
        score = judge(question, key_response(question)).score
    except PrepError as error:
        findings.add(loaded.place(), "key-refused", problem=_told(error))
        return
    if score < 1:
        findings.add(loaded.place(), "key-refused", problem=f"{score:.2f}")
    for form, response in near_responses(question):
        try:
            if judge(question, response).score >= 1:
                findings.add(loaded.place("near"), "near-is-right", form=form)
        except PrepError:
            findings.add(loaded.place("near"), "near-unreadable", form=form)


def _told(error: PrepError) -> str:
    """Return what an error says, without a sentence: those are for `ui` to word."""
    problem = error.values.get("problem")
    return str(problem) if problem else " ".join([error.code, *map(str, error.values.values())])
