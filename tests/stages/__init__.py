"""An exercise that needs no training, and whoever watches its runs."""

from __future__ import annotations

import os
from pathlib import Path

STAGES = Path(__file__).parent
TRIAL = STAGES / "trial"


class Button:
    """What Ctrl-C is to a run."""

    def __init__(self):
        self._read, self._write = os.pipe()

    def press(self):
        os.write(self._write, b"i")

    def fileno(self):
        return self._read

    def take(self):
        os.read(self._read, 1)


class Watcher:
    """Remembers what it saw; `on_event` may press the button."""

    def __init__(self, *, answer=None, on_event=None):
        self.events, self.lines, self.seen = [], [], []
        self._answer, self._on_event = answer, on_event or (lambda event: None)

    def begin(self, begun):
        self.seen.append("begin")

    def started(self, device):
        self.seen.append(device)

    def event(self, event):
        self.events.append(event)
        self._on_event(event)

    def printed(self, line):
        self.lines.append(line)

    def stopping(self, seconds):
        self.seen.append("stopping")

    def tick(self):
        pass

    def ask(self, text):
        return self._answer
