"""Laws that hold for any history: random answers, remarks, undos, switches and clocks."""

import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prep.core.answers import answers
from prep.errors import PrepError
from prep.model.review import Rating
from prep.store import Store, sql
from prep.store.lines import parsed

DRAWN = st.tuples(
    st.sampled_from(
        ["learn"] * 6 + ["undo", "undo", "override", "guess", "easy", "suspend", "resume"]
        + ["cram", "mock"]
    ),
    # Mostly forwards, sometimes back; several a day.
    st.sampled_from([0.0, 0.01, 0.3, 1.0, 1.0, 2.5, 9.0, 40.0, -0.4, -3.0]),
    st.sampled_from([0.0, 0.4, 0.5, 1.0, 1.0]),
    st.sampled_from([None, *Rating]),
    st.sampled_from(["a", "b"]),
    st.sampled_from([1, 1, 1, 2]),
    st.integers(0, 10**6),
    st.sampled_from([0.8, 0.9, 0.97]),
    st.sampled_from([3, 36500]),
)  # fmt: skip
HISTORIES = st.lists(DRAWN, max_size=30)


def entries_of(make_entry, history):
    """Return the log entries of a drawn history; targets are earlier lines of the same card."""
    at, entries = 100.0, []
    for number, (kind, days, score, rating, question, meaning, pick, retention, cap) in enumerate(
        history
    ):
        at += days
        values = {"question": question, "meaning": meaning, "retention": retention, "cap": cap}
        own = [e.uid for e in entries if (e.question, e.meaning) == (question, meaning)]
        if kind in {"undo", "override", "guess", "easy"}:
            values |= {"target": own[pick % len(own)] if own else "nobody"}
        else:
            values |= {"rating": rating, "hint": pick % 3 == 0}
        uid = f"{pick}-{number}"
        entries.append(make_entry(kind, at, uid=uid, score=score, **values))
    return entries


def fresh(folder, name="p"):
    return Store.open(Path(folder) / f"{name}.db")


def card_bytes(store):
    return repr(sql.select(store._connection, sql.ALL_CARDS)).encode()


@settings(max_examples=30, deadline=None)
@given(HISTORIES)
def test_cards_recorded_one_by_one_are_those_of_a_rebuild(make_entry, history):
    with tempfile.TemporaryDirectory() as folder, fresh(folder) as store:
        for entry in entries_of(make_entry, history):
            store.record(entry)
        before = card_bytes(store)
        assert store.rebuild() == 0
        store._connection.execute("DELETE FROM cards")
        store.rebuild()
        assert card_bytes(store) == before


@settings(max_examples=20, deadline=None)
@given(HISTORIES, st.integers(0, 10**6))
def test_neither_the_order_of_arrival_nor_the_way_matters(make_entry, history, seed):
    entries = entries_of(make_entry, history)
    mixed = Random(seed).sample(entries, len(entries))
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh(folder, "1") as one,
        fresh(folder, "2") as other,
        fresh(folder, "3") as third,
    ):
        for first, second in zip(entries, mixed, strict=True):
            one.record(first)
            other.record(second)
        third.import_lines(one.export_lines())
        assert card_bytes(one) == card_bytes(other) == card_bytes(third)
        assert list(third.export_lines()) == list(one.export_lines())


@settings(max_examples=20, deadline=None)
@given(HISTORIES, st.integers(0, 10**6))
def test_machines_that_exchange_all_agree(make_entry, history, seed):
    random = Random(seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh(folder, "1") as one,
        fresh(folder, "2") as two,
    ):
        for entry in entries_of(make_entry, history):
            random.choice([one, two]).record(entry)
        exports = list(one.export_lines()), list(two.export_lines())
        one.import_lines(exports[1])
        two.import_lines(exports[0])
        two.import_lines(exports[0])
        assert list(one.export_lines()) == list(two.export_lines())
        assert card_bytes(one) == card_bytes(two)


@settings(max_examples=30, deadline=None)
@given(HISTORIES)
def test_a_card_moves_at_most_once_a_study_day(make_entry, history):
    with tempfile.TemporaryDirectory() as folder, fresh(folder) as store:
        for entry in entries_of(make_entry, history):
            store.record(entry)
        days = {(e.question, e.meaning): set() for e in store.log()}
        for entry in store.log():
            days[entry.question, entry.meaning].add(entry.day)
        for card in store.cards():
            assert (card.memory.reps if card.memory else 0) <= len(
                days[card.question, card.meaning]
            )


@settings(max_examples=30, deadline=None)
@given(HISTORIES)
def test_the_answers_that_statistics_read_are_those_of_the_whole_log(make_entry, history):
    with tempfile.TemporaryDirectory() as folder, fresh(folder) as store:
        for entry in entries_of(make_entry, history):
            store.record(entry)
        assert store.answers() == answers(store.log())


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=80), st.binary(max_size=80)), max_size=6), st.booleans())
def test_no_text_makes_an_import_crash(lines, headed):
    head = ['{"line":"prep-progress","version":1}'] if headed else []
    with pytest.raises(PrepError, match="import-"):
        parsed([*head, *lines])
