"""How a learner stands with an exercise: the replay of its deeds, in whatever order they came.

A round begins with a start or a reset and ends with the first pass. The very first round
needs neither: a file can be graded that was written elsewhere. A round's rating:

- Again: the solution was shown before the pass;
- Hard: a hint was shown, or more files failed than the exercise has checks. Whoever
  mends one check after another fails no more often than that; whoever tries at random does;
- Good: otherwise. Easy is nobody's to infer.

What was shown or failed counts when it was in the round, or earlier on the day of the pass:
a reset does not make one forget. It counts no longer when the day has passed: then solving
it shows what is remembered. A file that passed before proves nothing, and ends no round.
As with questions, only the first pass of a study day moves the schedule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from prep.core.exam import due_on
from prep.core.fuzz import card_key
from prep.model.practice import Standing
from prep.model.review import Card, Rating

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from prep.model.practice import Deed, State

# An exercise is a card like a question; its name cannot be a question's, which has no slash.
MEANING = 1
BEGINS = frozenset({"start", "reset"})


class Replayed(Struct, frozen=True):
    """What the deeds, in the order of their time, come to.

    `begin` is where among them the last round begins, `passed` whether it has ended, `files`
    the hashes of those that passed.
    """

    card: Card
    deeds: tuple[Deed, ...]
    begin: int = 0
    passed: bool = False
    files: frozenset[str] = frozenset()


def card_name(exercise: str) -> str:
    """Return the name under which an exercise is scheduled."""
    return f"exercise/{exercise}"


def standing(
    exercise: str, deeds: Iterable[Deed], today: date, exam: date | None = None
) -> Standing:
    """Return how things stand on `today`; deeds of other exercises are ignored."""
    found = replay(exercise, deeds)
    tried = [deed for deed in found.deeds if deed.kind == "attempt"]
    begun = any(deed.kind in BEGINS or deed.kind == "attempt" for deed in found.deeds)
    due = due_on(found.card, today, exam)
    return Standing(
        exercise=exercise,
        state=_state(found, begun=begun, is_due=due is not None and due <= today),
        attempts=len(tried),
        best=max((deed.score for deed in tried), default=None),
        due=due,
        under_way=begun and not found.passed,
        hints=max((deed.number or 0 for deed in counted(found, today)), default=0),
        last_at=found.deeds[-1].at if found.deeds else None,
    )


def replay(exercise: str, deeds: Iterable[Deed]) -> Replayed:
    """Return what the deeds of one exercise lead to."""
    own = [deed for deed in deeds if deed.exercise == exercise]
    own.sort(key=lambda deed: (deed.at, deed.uid))
    state = Replayed(Card(question=card_name(exercise), meaning=MEANING), tuple(own))
    for at, deed in enumerate(own):
        state = _after(state, deed, at)
    return state


def counted(state: Replayed, day: date, until: int | None = None) -> Sequence[Deed]:
    """Return the deeds that count for a pass on `day`: of the round, or of that day."""
    before = enumerate(state.deeds[:until])
    return [deed for at, deed in before if at >= state.begin or deed.day == day]


def rate(deeds: Iterable[Deed], checks: int) -> Rating:
    """Return the rating of a round that was passed, from what counted before the pass."""
    before = list(deeds)
    kinds = {deed.kind for deed in before}
    if "solution" in kinds:
        return Rating.AGAIN
    failed = {deed.sha256 or deed.uid for deed in before if _failed(deed)}
    return Rating.HARD if "hint" in kinds or len(failed) > checks else Rating.GOOD


def _after(state: Replayed, deed: Deed, at: int) -> Replayed:
    if deed.kind in BEGINS:
        return replace(state, begin=at, passed=False)
    if deed.verdict != "passed":
        return state
    proves = not state.passed and deed.sha256 not in state.files
    files = state.files | ({deed.sha256} if deed.sha256 else set())
    if not proves:
        return replace(state, files=files)
    return replace(state, card=_moved(state, deed, at), passed=True, files=files)


def _moved(state: Replayed, deed: Deed, at: int) -> Card:
    memory = state.card.memory
    if memory is not None and deed.day <= memory.last:
        return state.card
    # FSRS takes 10 ms to import: only those wait for it who have passed an exercise.
    from prep.core.schedule import step  # noqa: PLC0415

    rating = rate(counted(state, deed.day, at), deed.total)
    key = card_key(state.card.question, MEANING)
    after = step(memory, rating, deed.day, retention=deed.retention, cap=deed.cap, key=key)
    return replace(state.card, memory=after)


def _failed(deed: Deed) -> bool:
    return deed.kind == "attempt" and deed.verdict != "passed"


def _state(found: Replayed, *, begun: bool, is_due: bool) -> State:
    if found.card.memory is not None:
        return "due" if is_due else "passed"
    if any(_failed(deed) for deed in found.deeds[found.begin :]):
        return "failing"
    return "started" if begun else "new"
