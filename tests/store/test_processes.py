"""Several processes on one file, and processes that are killed."""

import os
import signal
import time
from multiprocessing import get_context
from random import Random

import pytest

from prep.model.session import QuizOptions, Session
from prep.store import Store

CONTEXT = get_context("fork" if hasattr(os, "fork") else "spawn")


def answer_all(path, entries, barrier):
    barrier.wait()
    with Store.open(path) as store:
        for entry in entries:
            store.record(entry)


def run_together(target, *arguments):
    workers = [CONTEXT.Process(target=target, args=own) for own in arguments]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * len(workers)


def test_answers_of_three_processes_are_all_kept(path, make_entry):
    parts = [
        [make_entry(days=day, question=f"q{day % 4}", score=day % 2) for day in range(40)]
        for _ in range(3)
    ]
    barrier = CONTEXT.Barrier(3)
    run_together(answer_all, *((path, part, barrier) for part in parts))
    with Store.open(path) as store:
        stored = {entry.uid for entry in store.log()}
        assert stored == {entry.uid for part in parts for entry in part}
        assert store.rebuild() == 0
        assert store.complaints() == []


def test_two_processes_that_answer_the_same_card_schedule_it_once_a_day(path, make_entry):
    parts = [[make_entry(days=day) for day in range(25)] for _ in range(2)]
    barrier = CONTEXT.Barrier(2)
    run_together(answer_all, *((path, part, barrier) for part in parts))
    with Store.open(path) as store:
        assert store.card("q", 1).memory.reps == 25
        assert sum(entry.kind == "learn" for entry in store.log()) >= 1


def session_of(entry, number):
    facts = {"day": entry.day, "started": entry.at, "queue": (), "total": number}
    return Session(id="s", options=QuizOptions(), **facts)


def answer_until_killed(path, entries, pipe):
    with Store.open(path) as store:
        for number, entry in enumerate(entries):
            store.record(entry, session_of(entry, number))
            pipe.send_bytes(entry.uid.encode())


def confirmed_before_kill(path, entries, seconds, *, wait_for_first=False):
    """Return the uids that were confirmed by a process that is killed after a while."""
    reading, writing = CONTEXT.Pipe(duplex=False)
    worker = CONTEXT.Process(target=answer_until_killed, args=(path, entries, writing))
    worker.start()
    writing.close()
    confirmed = [reading.recv_bytes().decode()] if wait_for_first else []
    time.sleep(seconds)
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    while True:
        try:
            confirmed.append(reading.recv_bytes().decode())
        except EOFError:
            return confirmed


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on Windows")
def test_a_killed_process_loses_no_confirmed_answer(path, make_entry):
    random, confirmed = Random(7), []
    for attempt in range(12):
        entries = [make_entry(days=n, question=f"q{n % 7}") for n in range(2000)]
        confirmed += confirmed_before_kill(
            path, entries, random.uniform(0.0, 0.1), wait_for_first=attempt % 3 > 0
        )
        with Store.open(path) as store:
            stored = [entry.uid for entry in store.log()]
            assert set(confirmed) <= set(stored)
            assert len(stored) == len(set(stored))
            assert store.complaints() == []
            assert store.rebuild() == 0
    assert confirmed


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on Windows")
def test_after_a_kill_session_and_log_tell_the_same(path, make_entry):
    entries = [make_entry(days=n) for n in range(2000)]
    confirmed_before_kill(path, entries, 0.05, wait_for_first=True)
    with Store.open(path) as store:
        assert store.session("s").total == len(list(store.log())) - 1
