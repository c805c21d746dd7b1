"""The pytest plugin: fixtures for checks, and what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from prep.grading.judge.devices import when_simulated
from prep.grading.judge.link import Link, Solution
from prep.grading.judge.outcomes import result_of
from prep.model.verdict import CheckResult
from prep.wire.channel import send
from prep.wire.messages import Began, Checked, Finished

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from prep.wire.messages import Brief


class Judge:
    """Runs the checks in order and tells the supervisor about each."""

    def __init__(self, control: socket.socket, brief: Brief) -> None:
        self._control, self._brief = control, brief
        self._solution = Link("sol", control, brief)
        self._reference = Link("ref", control, brief)
        self._is_simulated = brief.away == "sim"
        is_there = brief.away == brief.device
        self._away = self._solution if is_there else Link("away", control, brief)
        self.collected: list[str] = []

    def finished(self, problem: str) -> Finished:
        """Return the last message."""
        used = self._solution
        return Finished(self.collected, problem, used.loading, used.longest_call)

    @pytest.fixture
    def sol(self) -> Iterator[Solution]:
        """Return the learner's solution."""
        return Solution(self._solution)

    @pytest.fixture
    def ref(self) -> Solution:
        """Return the reference."""
        return Solution(self._reference)

    @pytest.fixture
    def on_device(self) -> Solution:
        """Return the solution on the accelerator that is graded on, or on a simulated one."""
        return Solution(self._away)

    @pytest.fixture
    def seed(self) -> int:
        """Return the seed of this grading."""
        return self._brief.seed

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the order of exercise.yaml."""
        self.collected = [item.name for item in items]
        place = {name: number for number, name in enumerate(self._brief.checks)}
        items.sort(key=lambda item: place.get(item.name, len(place)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Load the solution before the first check, and count its calls anew for each."""
        send(self._control, Began(item.name))
        self._solution.begin_check()
        self._reference.begin_check()
        self._away.begin_check()
        self._solution.ready()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> pytest.TestReport:
        """Say what became of the check, and spare pytest its own report.

        Its pictures of tracebacks, which nobody sees, took 30 ms of CPU for each failure.
        """
        self._tell(item, call)
        return pytest.TestReport(
            item.nodeid,
            item.location,
            {},
            "passed" if call.excinfo is None else "failed",
            None,
            call.when,  # type: ignore[arg-type]  # it may also say "collect", though not here
        )

    def _tell(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> None:
        """Tell the supervisor once, after the check ran or could not."""
        error = call.excinfo.value if call.excinfo is not None else None
        if call.when == "teardown" or (call.when == "setup" and error is None):
            return
        result = CheckResult("", "passed")
        if error is not None:
            answered = self._solution.answered or self._away.answered
            result = result_of(error, answered=answered)
        used = getattr(item, "fixturenames", ())
        if call.when == "call" and self._is_simulated and "on_device" in used:
            result = when_simulated(result, error)
        done = structs.replace(result, name=item.name, seconds=call.duration)
        send(self._control, Checked(done))
