"""Many gradings at once: each worker of the crew is a thread with warm servers of its own."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any, Self, TypeVar

from prep.grading.servers import Bench, GradingCancelledError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")


class Crew:
    """Runs tasks that need the same libraries; each gets a bench that no other uses meanwhile.

    A task asks `is_stopping` in between, as `grade` does with what it is given as `cancelled`.
    """

    def __init__(self, needs: Sequence[str], size: int) -> None:
        self._needs = tuple(needs)
        self._stopping = threading.Event()
        self._todo: queue.SimpleQueue[Callable[[Bench], Any] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(size)]

    def __enter__(self) -> Self:
        """Start loading the libraries."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Cancel what still runs and end the servers."""
        self._stopping.set()
        for _thread in self._threads:
            self._todo.put(None)
        for thread in self._threads:
            thread.join()

    def is_stopping(self) -> bool:
        """Return whether tasks are to end."""
        return self._stopping.is_set()

    def run(self, tasks: Sequence[Callable[[Bench], T]]) -> Iterator[T]:
        """Yield what the tasks return, as they end.

        What a task raises is raised here; so is LacksLibraryError, or EnvironmentLacksError, when
        a worker cannot be had.
        """
        for task in tasks:
            self._todo.put(task)
        for _ in tasks:
            result = self._done.get()
            if isinstance(result, Exception):
                raise result
            yield result

    def _work(self) -> None:
        # The servers die with the thread that has started them.
        try:
            with Bench(self._needs, warm=True) as bench:
                bench.wait(self.is_stopping)
                while (task := self._todo.get()) is not None:
                    if not self.is_stopping():
                        self._done.put(task(bench))
        except GradingCancelledError:
            return
        except Exception as error:  # noqa: BLE001 - raised again in `run`
            self._done.put(error)
