"""What the answers come to: the values that `prep stats` shows."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from prep.model.text import Text


class Streak(Struct, frozen=True):
    """Study days in a row."""

    current: int
    longest: int


class Mastery(Struct, frozen=True):
    """How much of a group is known: `known` is the mean score corrected for guessing."""

    name: str
    answers: int
    score: float
    known: float


class Bin(Struct, frozen=True):
    """The reviews whose predicted recall lay between `low` and `high`."""

    low: float
    high: float
    count: int
    predicted: float
    observed: float


class Calibration(Struct, frozen=True):
    """Predicted against observed recall; of the errors less is better.

    `rmse` is over the bins, weighted by count.
    """

    count: int
    predicted: float
    observed: float
    log_loss: float
    baseline_log_loss: float
    rmse: float
    bins: tuple[Bin, ...]


class Load(Struct, frozen=True):
    """Reviews expected on each day from today to the eve of the exam."""

    days: tuple[float, ...]

    @property
    def average(self) -> float:
        """Return the reviews of an average day."""
        return sum(self.days) / len(self.days) if self.days else 0.0

    @property
    def most(self) -> float:
        """Return the reviews of the fullest day."""
        return max(self.days, default=0.0)


class Exam(Struct, frozen=True, kw_only=True):
    """What the exam date means.

    The wanted recall is `base`, and from the day `rises` on more, up to `highest` on the
    eve; each question comes back once more on one of the days from `looks` on. Every day
    `new` questions are added, of `unseen` that were never asked.
    """

    day: date
    load: Load
    base: float
    wanted: float
    highest: float
    rises: date
    looks: date
    new: int
    unseen: int


class Group(Struct, frozen=True, kw_only=True):
    """A topic, sub-topic or level with its name, and what is known of it.

    `topic` is the topic of a sub-topic.
    """

    id: str
    name: Text | None
    mastery: Mastery
    topic: str = ""


class Exercises(Struct, frozen=True, kw_only=True):
    """How many exercises were started, once passed, are due and under way; all attempts."""

    started: int = 0
    passed: int = 0
    attempts: int = 0
    due: int = 0
    under_way: int = 0


class Stats(Struct, frozen=True, kw_only=True):
    """All that `prep stats` shows.

    `days` counts the answers of each study day, `forecast` the reviews due on each of the
    next days, today first. `seen` of the bank's `questions` were answered at least once.
    """

    today: date
    answers: int
    seen: int
    questions: int
    days: dict[date, int]
    streak: Streak
    calibration: Calibration | None
    topics: tuple[Group, ...]
    levels: tuple[Group, ...]
    weakest: tuple[Group, ...]
    forecast: tuple[int, ...]
    suspended: int
    leeches: int
    exam: Exam | None = None
    exercises: Exercises = Exercises()
