"""What a run has told so far."""

from __future__ import annotations

import codecs
from contextlib import suppress
from typing import TYPE_CHECKING

from prep.model.demo import Artefact, Event, Fact, Metric, Say, Table
from prep.model.run import Curve

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from prep.model.text import Text

_MOST_KEPT = 1 << 20
_TAIL = 4_000
_LONGEST_LINE = 500


class Record:
    """Collects the events of a run."""

    def __init__(self) -> None:
        self._points: dict[str, tuple[list[int], list[float]]] = {}
        self._facts: dict[object, Fact] = {}
        self.tables: list[Table] = []
        self.artefacts: list[str] = []
        self.said: list[Text] = []

    def add(self, event: Event) -> None:
        """Take an event in."""
        match event:
            case Metric(name, step, value):
                steps, values = self._points.setdefault(name, ([], []))
                steps.append(step)
                values.append(value)
            case Fact(name, _):
                self._facts[name] = event
            case Table():
                self.tables.append(event)
            case Artefact(path) if path not in self.artefacts:
                self.artefacts.append(path)
            case Say(text):
                self.said.append(text)
            case _:
                pass

    @property
    def curves(self) -> tuple[Curve, ...]:
        """Return the metrics in the order in which they first came."""
        return tuple(
            Curve(name, tuple(steps), tuple(values))
            for name, (steps, values) in self._points.items()
        )

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return the facts, the last of each name."""
        return tuple(self._facts.values())


class Printed:
    """What one stream printed: into a file, up to a limit, and as lines."""

    def __init__(self, file: Path) -> None:
        self._path = file
        self._file: BinaryIO | None = None
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._left = _MOST_KEPT
        self._rest = ""
        self.tail = ""

    def take(self, data: bytes) -> list[str]:
        """Keep `data` and return the lines that it ends."""
        self._keep(data)
        text = self._decode(data, final=not data)
        self.tail = (self.tail + text)[-_TAIL:]
        *lines, rest = (self._rest + text).splitlines(keepends=True) or [""]
        if rest.endswith(("\n", "\r")) or len(rest) > _LONGEST_LINE or (rest and not data):
            lines, rest = [*lines, rest], ""
        self._rest = rest
        return [line.rstrip("\r\n")[:_LONGEST_LINE] for line in lines if line.strip()]

    def close(self) -> None:
        """Close the file, if anything was printed."""
        if self._file is not None:
            self._file.close()

    def _keep(self, data: bytes) -> None:
        if not data or not self._left:
            return
        with suppress(OSError):  # a full disk does not end the run
            if self._file is None:
                self._file = self._path.open("ab", buffering=0)
            self._file.write(data[: self._left])
        self._left -= min(self._left, len(data))
