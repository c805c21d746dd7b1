"""The benches of one command: exercises that need the same libraries share one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from prep.grading.servers import Bench

if TYPE_CHECKING:
    from collections.abc import Collection


class Benches:
    """Benches by what they have loaded; one whose processes have ended is replaced."""

    def __init__(self, device: str, *, warm: bool = False) -> None:
        self._device, self._warm = device, warm
        self._benches: dict[tuple[str, ...], Bench] = {}

    def of(self, needs: tuple[str, ...]) -> Bench:
        """Return the bench with these libraries, which may still be loading them."""
        bench = self._benches.get(needs)
        if bench is not None and bench.is_alive:
            return bench
        if bench is not None:
            bench.close()
        self._benches[needs] = Bench(needs, device=self._device, warm=self._warm)
        return self._benches[needs]

    def keep_only(self, wanted: Collection[tuple[str, ...]]) -> None:
        """End the benches that nobody will ask for again: each holds its libraries in memory."""
        for needs in [needs for needs in self._benches if needs not in wanted]:
            self._benches.pop(needs).close()

    def __enter__(self) -> Self:
        """Return these benches."""
        return self

    def __exit__(self, *_: object) -> None:
        """End them all."""
        self.keep_only(())
