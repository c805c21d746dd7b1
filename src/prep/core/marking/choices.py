"""Marks for picks: single, multiple, true-false, bug, matching, open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prep.core.bad_answer import BadAnswerError
from prep.model.judgement import Judgement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prep.model.question import Bug, Matching, Multiple, Open, Option, Single, TrueFalse
    from prep.model.response import Match, Picks, Reasoned, Ticks
    from prep.model.text import Text


def mark_single(question: Single, response: Picks) -> Judgement:
    """All or nothing."""
    check_indices(response.picks, len(question.options))
    if len(response.picks) > 1:
        raise BadAnswerError("answer-one-pick", count=len(response.picks))
    return Judgement(float(question.options[response.picks[0]].right))


def mark_multiple(question: Multiple, response: Picks) -> Judgement:
    """Hits less wrong picks, over the number of right options, never below nothing."""
    check_indices(response.picks, len(question.options))
    right = right_ones(question.options)
    hits = len(right & set(response.picks))
    wrong = len(response.picks) - hits
    return Judgement(max(0, hits - wrong) / max(1, len(right)))


def mark_true_false(question: TrueFalse, response: Reasoned) -> Judgement:
    """Half for the verdict, half for the reason, which counts under the right verdict only."""
    if response.claim not in (0, 1):
        raise BadAnswerError("answer-out-of-range", index=response.claim, highest=1)
    return _reasoned(question.reasons, response, claim=bool(response.claim) == question.verdict)


def mark_bug(question: Bug, response: Reasoned) -> Judgement:
    """Half for the line, half for the reason, which counts under the right line only."""
    lines = len((question.code or "").splitlines())
    if not 1 <= response.claim <= lines:
        raise BadAnswerError("answer-no-such-line", line=response.claim, lines=lines)
    return _reasoned(question.reasons, response, claim=response.claim in question.lines)


def mark_matching(question: Matching, response: Match) -> Judgement:
    """Return the share of right pairs; two right sides that read the same are one."""
    rights = right_sides(question)
    check_length(response.rights, len(question.pairs))
    check_range(response.rights, len(rights))
    parts = tuple(
        rights[chosen] == pair.right
        for chosen, pair in zip(response.rights, question.pairs, strict=True)
    )
    return Judgement(share(parts), parts=parts)


def mark_open(question: Open, response: Ticks) -> Judgement:
    """Return the share of the points that a good answer must have."""
    check_range(response.ticks, len(question.points))
    check_distinct(response.ticks)
    parts = tuple(place in response.ticks for place in range(len(question.points)))
    musts = [part for part, point in zip(parts, question.points, strict=True) if point.must]
    return Judgement(share(musts or parts), parts=parts)


def right_sides(question: Matching) -> tuple[Text, ...]:
    """Return the right sides as responses count them: those of the pairs, then the extra ones."""
    return (*(pair.right for pair in question.pairs), *(extra.text for extra in question.extra))


def right_ones(options: Sequence[Option]) -> set[int]:
    """Return the indices of the right options."""
    return {place for place, option in enumerate(options) if option.right}


def share(parts: Sequence[bool]) -> float:
    """Return how many of `parts` are right, from 0 to 1."""
    return sum(parts) / len(parts)


def check_indices(picks: Sequence[int], count: int) -> None:
    """Refuse no pick, an option that is not there, and one picked twice."""
    if not picks:
        raise BadAnswerError("answer-empty")
    check_range(picks, count)
    check_distinct(picks)


def check_range(picks: Sequence[int], count: int) -> None:
    """Refuse an index that points at nothing."""
    for pick in picks:
        if not 0 <= pick < count:
            raise BadAnswerError("answer-out-of-range", index=pick, highest=count - 1)


def check_distinct(picks: Sequence[int]) -> None:
    """Refuse an index that is there twice."""
    if len(set(picks)) < len(picks):
        raise BadAnswerError("answer-repeats")


def check_length(given: Sequence[object], count: int) -> None:
    """Refuse more or fewer parts than the question has."""
    if len(given) != count:
        raise BadAnswerError("answer-wrong-length", given=len(given), expected=count)


def _reasoned(reasons: Sequence[Option], response: Reasoned, *, claim: bool) -> Judgement:
    check_range((response.reason,), len(reasons))
    parts = (claim, claim and reasons[response.reason].right)
    return Judgement(share(parts), parts=parts)
