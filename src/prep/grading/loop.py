"""The loop of one grading: whatever judge, workers and clock do is answered here."""

from __future__ import annotations

import selectors
import socket
import time
from typing import TYPE_CHECKING, Self

from msgspec import structs

from prep.grading.copies import fill
from prep.grading.environment import clean_environment
from prep.grading.servers import GradingCancelledError
from prep.grading.workers import Stream, Worker
from prep.model.judgement import Note
from prep.wire.channel import GoneError, LateError, receive_any, send
from prep.wire.forking import attach
from prep.wire.messages import (
    Another,
    Began,
    Brief,
    Checked,
    Finished,
    FromJudge,
    Lost,
    Order,
    Walls,
)
from prep.wire.values import WireError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from prep.grading.job import Job
    from prep.grading.servers import Bench
    from prep.grading.verdict import Heard
    from prep.wire.messages import Role

    Listener = Callable[[Began | Checked], None]
    Cancelled = Callable[[], bool]

_LOOK_EVERY = 0.03
_JUDGE_GRACE = 30


class Loop:
    """The state of one grading."""

    def __init__(self, job: Job, source: bytes, folder: Path, bench: Bench, heard: Heard) -> None:
        self._job, self._bench, self._folder, self._heard = job, bench, folder, heard
        reference = (job.folder / "reference.py").read_bytes()
        self._sources: dict[Role, bytes] = {"sol": source, "ref": reference, "away": source}
        self._devices = devices_of(job)
        self._workers: dict[Role, Worker] = {}
        self._early: set[Role] = set()
        self._started = 0
        self._selector = selectors.DefaultSelector()
        self._control, self._judge_end = socket.socketpair()
        self._selector.register(self._control, selectors.EVENT_READ, None)

    def __enter__(self) -> Self:
        """Return this loop."""
        return self

    def __exit__(self, *_: object) -> None:
        """End everything that this grading has started."""
        for role in list(self._workers):
            self._end(role)
        self._control.close()
        self._judge_end.close()
        self._selector.close()
        self._bench.workers.sweep()
        self._bench.judges.sweep()

    def run(self, listener: Listener, cancelled: Cancelled) -> None:
        """Wait for whatever happens, until the judge is done or time is over.

        `cancelled` is asked about every 30 ms.
        """
        self._brief_judge()
        self._start("sol")  # it loads while the judge collects its checks
        self._early.add("sol")
        limit = self._job.exercise.limits.total_seconds
        deadline = time.monotonic() + limit
        next_look = 0.0
        while not self._heard.over:
            self._hear(listener)
            now = time.monotonic()
            if now >= next_look:
                self._look()
                if cancelled():
                    raise GradingCancelledError
                next_look = now + _LOOK_EVERY
            if now > deadline:
                values = {"limit": f"{limit:g}", "what": self._heard.running}
                self._heard.stop("timed_out", Note("grade-late-total", values))

    def _brief_judge(self) -> None:
        job, limits = self._job, self._job.exercise.limits
        brief = Brief(
            str(job.folder),
            [check.name for check in job.exercise.checks],
            [entry.name for entry in job.exercise.entries],
            job.seed,
            limits.call_seconds,
            limits.import_seconds,
            answers=str(job.answers or ""),
            device=self._devices["sol"],
            away=self._devices["away"],
        )
        self._bench.judges.order(brief, [self._judge_end.fileno()])
        self._judge_end.close()

    def _hear(self, listener: Listener) -> None:
        for key, _ in self._selector.select(_LOOK_EVERY):
            if key.data is None:
                self._hear_judge(listener)
                return  # workers may have come or gone: what was ready is stale
            worker, kind = key.data
            open_ = (
                worker.listen()
                if kind == "status"
                else worker.streams[kind == "err"].take(key.fileobj)
            )
            if not open_:
                self._selector.unregister(key.fileobj)

    def _hear_judge(self, listener: Listener) -> None:
        try:
            deadline = time.monotonic() + _JUDGE_GRACE
            message: FromJudge = receive_any(self._control, FromJudge, deadline=deadline)[0]
            match message:
                case Began(name):
                    self._heard.running = name
                    listener(message)
                case Checked(result):
                    self._heard.results.append(result)
                    listener(message)
                case Lost(role, _):
                    self._tell_fate(message, role)
                case Another(role):
                    self._hand_over(role)
                case Finished():
                    self._heard.finished = message
        except (GoneError, LateError, WireError) as error:
            self._heard.stop("grader_error", Note("grade-judge", {"problem": type(error).__name__}))

    def _hand_over(self, role: Role) -> None:
        """Give the judge a worker that it has not had."""
        if role not in self._early:
            self._start(role)
        self._early.discard(role)
        worker = self._workers[role]
        attach(self._control, [worker.judge_end.fileno()])
        worker.judge_end.close()

    def _start(self, role: Role) -> None:
        self._end(role)
        job, exercise = self._job, self._job.exercise
        self._started += 1
        folder = self._folder / f"{role}-{self._started}"
        probe = (job.folder / "probe.py").is_file()
        fill(folder, self._sources[role], job.folder, [*exercise.files, *["probe.py"] * probe])
        order = Order(
            role=role,
            folder=str(folder),
            seed=job.seed,
            forbidden=list(exercise.forbidden) if role == "sol" else [],
            probe=probe,
            processes=exercise.limits.processes,
            readable=[],
            walls=self._walls(),
            environment=clean_environment(str(folder), self._devices[role]),
            device=self._devices[role],
        )
        streams = self._heard.streams if role == "sol" else (Stream(), Stream())
        worker = Worker(self._bench.workers, order, streams)
        self._workers[role] = worker
        for end, kind in worker.ends().items():
            self._selector.register(end, selectors.EVENT_READ, (worker, kind))

    def _walls(self) -> Walls:
        network = self._job.walls.network and self._job.exercise.limits.network == "none"
        return structs.replace(self._job.walls, network=network)

    def _tell_fate(self, lost: Lost, role: Role) -> None:
        fate = self._workers[role].fate(lost.how, lost.allowed)
        if not fate.patience:
            self._end(role)
        send(self._control, fate)

    def _look(self) -> None:
        limits = self._job.exercise.limits
        for worker in self._workers.values():
            worker.check_limits(limits.memory_mb, limits.processes)
            if worker.broken:
                note = Note("grade-no-worker", {"problem": worker.broken})
                self._heard.stop("grader_error", note)

    def _end(self, role: Role) -> None:
        worker = self._workers.pop(role, None)
        if worker is None:
            return
        for end in worker.ends():
            if end in self._selector.get_map():
                self._selector.unregister(end)
        if role == "sol":
            self._heard.leave(worker.walled, worker.leftovers() if worker.ended is None else 0)
        worker.end()


def devices_of(job: Job) -> dict[Role, str]:
    """Return what each worker computes on."""
    usual = job.device if job.exercise.device == "any" else "cpu"
    return {"sol": usual, "ref": usual, "away": "sim" if job.device == "cpu" else job.device}
