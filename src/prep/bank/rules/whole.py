"""Rules that only show over the whole bank: ids, tags, leaks by length or position, twins."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from prep.bank.places import Findings, Place
from prep.core.shuffle import arrange
from prep.model.question import Bug, Option, Single, TrueFalse

if TYPE_CHECKING:
    from prep.bank.load import Bank, Loaded
    from prep.model.finding import Finding
    from prep.model.question import Question
    from prep.model.text import Language

MAX_LONGEST = 0.30
MAX_LIKENESS = 0.8
# Below this many questions a share says nothing.
_ENOUGH = 20
_SEEDS_PER_QUESTION = 12
_SHINGLE = 4
_COMMON = 40


def check_whole(bank: Bank) -> list[Finding]:
    """Return the findings over all questions of a bank."""
    findings = [*_ids(bank), *_tags(bank), *_levels(bank), *_twins(bank)]
    for language in ("en", "zh"):
        findings += _length_leak(bank, language)
    return findings + _position_leak(bank)


def _ids(bank: Bank) -> list[Finding]:
    first: dict[str, Loaded] = {}
    findings: list[Finding] = []
    for loaded in bank.questions:
        other = first.setdefault(loaded.question.id, loaded)
        if other is not loaded:
            name, file = loaded.question.id, other.file.name
            findings += _at(loaded, "id", "duplicate-id", id=name, file=file)
    return findings


def _tags(bank: Bank) -> list[Finding]:
    known = {tag.id for topic in bank.topics.values() for tag in topic.tags}
    findings: list[Finding] = []
    for loaded in bank.questions:
        for tag in loaded.question.tags:
            if tag not in known:
                findings += _at(loaded, "tags", "unknown-tag", tag=tag)
    return findings


def _levels(bank: Bank) -> list[Finding]:
    used = {loaded.question.level for loaded in bank.questions}
    missing = sorted(set(range(1, 6)) - used)
    if len(bank.questions) < _ENOUGH or not missing:
        return []
    return _over_all("unused-level", levels=", ".join(map(str, missing)))


def choice_options(question: Question) -> tuple[Option, ...]:
    """Return the options among which one is to be chosen, or nothing."""
    match question:
        case Single():
            return question.options
        case TrueFalse() | Bug():
            return question.reasons
        case _:
            return ()


def longest_share(bank: Bank, language: Language) -> float:
    """Return how often the right option is strictly the longest, among choice questions."""
    choices = [options for loaded in bank.questions if (options := choice_options(loaded.question))]
    longest = sum(_right_is_longest(options, language) for options in choices)
    return longest / max(1, len(choices))


def _right_is_longest(options: tuple[Option, ...], language: Language) -> bool:
    right = max((len(option.text[language]) for option in options if option.right), default=0)
    return all(len(option.text[language]) < right for option in options if not option.right)


def _length_leak(bank: Bank, language: Language) -> list[Finding]:
    count = sum(bool(choice_options(loaded.question)) for loaded in bank.questions)
    share = longest_share(bank, language)
    if count < _ENOUGH or share <= MAX_LONGEST:
        return []
    limit = f"{MAX_LONGEST:.0%}"
    return _over_all("right-is-longest", language=language, share=f"{share:.0%}", limit=limit)


def position_spread(bank: Bank) -> dict[int, list[float]]:
    """Return, by number of options, the share of shows in which each place is the right one."""
    counts: dict[int, Counter[int]] = defaultdict(Counter)
    for loaded in bank.questions:
        options = choice_options(loaded.question)
        for seed in range(_SEEDS_PER_QUESTION if options else 0):
            shown = arrange(loaded.question, seed)
            at = next((place for place, i in enumerate(shown) if options[i].right), None)
            if at is not None:
                counts[len(options)][at] += 1
    return {
        size: [places[at] / places.total() for at in range(size)]
        for size, places in counts.items()
        if places.total() >= _ENOUGH * _SEEDS_PER_QUESTION
    }


def _position_leak(bank: Bank) -> list[Finding]:
    findings: list[Finding] = []
    for size, shares in position_spread(bank).items():
        worst = max(shares)
        if worst > 1.4 / size:
            at = shares.index(worst) + 1
            findings += _over_all("right-is-placed", size=size, place=at, share=f"{worst:.0%}")
    return findings


def _twins(bank: Bank) -> list[Finding]:
    """Find stems that are nearly the same, through shingles that few stems share."""
    stems = [_shingles(loaded.question) for loaded in bank.questions]
    holders: dict[str, list[int]] = defaultdict(list)
    for at, stem in enumerate(stems):
        for shingle in stem:
            holders[shingle].append(at)
    findings: list[Finding] = []
    for at, stem in enumerate(stems):
        near = Counter(
            other
            for shingle in stem
            if len(holders[shingle]) <= _COMMON
            for other in holders[shingle]
            if other < at
        )
        for other, shared in near.items():
            if shared / len(stem | stems[other]) > MAX_LIKENESS:
                twin = bank.questions[other].question.id
                findings += _at(bank.questions[at], "prompt", "near-duplicate", id=twin)
    return findings


def _shingles(question: Question) -> frozenset[str]:
    words = re.findall(r"\w+", f"{question.prompt.en} {question.code or ''}".casefold())
    if len(words) < _SHINGLE:
        return frozenset([" ".join(words)])
    return frozenset(" ".join(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1))


def _at(loaded: Loaded, key: str, code: str, **values: object) -> Findings:
    findings = Findings(loaded.file.name)
    findings.add(loaded.place(key), code, **values)
    return findings


def _over_all(code: str, **values: object) -> Findings:
    findings = Findings(".")
    findings.add(Place(1, 1), code, **values)
    return findings
