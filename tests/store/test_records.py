import sqlite3
from datetime import UTC, date, datetime, timedelta

import pytest

from prep.core.exam import last_look
from prep.core.recall import recall
from prep.model.review import Memory, Rating
from prep.model.session import Given, Item, QuizOptions, Session
from prep.store import Store, StoreError, opening

DAY = date(2026, 3, 1)


def session(name="s", **values):
    facts = {"day": DAY, "started": datetime(2026, 3, 1, tzinfo=UTC), "queue": (), **values}
    return Session(id=name, options=QuizOptions(), **facts)


def names(cards):
    return [card.question for card in cards]


def test_an_entry_is_read_as_it_was_stored(store, make_entry):
    given = make_entry(
        "cram", 0.123456789, score=0.5, response='{"kind":"typed","text":"量化 KV 🙂"}', hint=True,
        rating=Rating.HARD, duration_ms=4321, seed=2**63 - 1, session="s", retention=0.93, cap=7,
    )  # fmt: skip
    stored, _ = store.record(given)
    assert stored == given
    assert list(store.log()) == store.entries_of([given.uid]) == [given]


def test_a_half_character_from_a_terminal_is_stored_as_a_mark(store, make_entry):
    stored, _ = store.record(make_entry(response="a\udce9b"))
    assert stored.response == "a?b"
    assert list(store.log()) == [stored]


def test_the_state_of_the_card_decides_the_kind(store, make_entry):
    days = [0, 0.1, 2, 2.1]
    stored = [store.record(make_entry("review", day))[0] for day in days]
    assert [entry.kind for entry in stored] == ["learn", "practice", "review", "practice"]
    assert [entry.recall is not None for entry in stored] == [False, False, True, False]


def test_a_card_is_read_as_it_was_returned(store, make_entry):
    _, card = store.record(make_entry(score=0.25))
    assert card.memory == Memory(0.212, 6.4133, DAY, DAY + timedelta(days=1), 1, 0)
    assert store.card("q", 1) == card
    assert store.cards() == [card]
    assert store.card("other", 1) is store.card("q", 2) is None


def test_a_uid_is_taken_only_once(store, make_entry):
    store.record(make_entry(uid="same"))
    with pytest.raises(sqlite3.IntegrityError):
        store.record(make_entry(uid="same", days=1), session())
    assert len(list(store.log())) == 1
    assert store.session("s") is None


@pytest.mark.parametrize("change", ["UPDATE log SET score = 1", "DELETE FROM log"])
def test_the_log_is_append_only(store, make_entry, change):
    store.record(make_entry(score=0.0))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        store._connection.execute(change)
    assert [entry.score for entry in store.log()] == [0.0]


def test_a_line_that_came_late_is_put_in_its_place(store, path, make_entry):
    entries = [make_entry(days=day, score=score) for day, score in ((0, 1), (3, 0), (9, 1))]
    for entry in (entries[0], entries[2], entries[1]):
        store.record(entry)
    with Store.open(path.with_name("other.db")) as other:
        for entry in entries:
            other.record(entry)
        assert other.cards() == store.cards()


def test_due_cards_come_most_overdue_first_without_suspended_ones(store, make_entry):
    store.record(make_entry(question="good"))
    store.record(make_entry(question="bad", score=0))
    store.record(make_entry(question="gone"))
    store.record(make_entry("suspend", question="gone"))
    assert names(store.due(DAY)) == []
    assert names(store.due(DAY + timedelta(days=1))) == ["bad"]
    assert names(store.due(DAY + timedelta(days=2))) == ["bad", "good"]


def test_before_an_exam_cards_scheduled_past_it_are_due(store, make_entry):
    for n in range(4):
        for day in (0, 2, 13):
            store.record(make_entry(question=f"q{n}", days=day))
    exam = DAY + timedelta(days=31)
    looks = {f"q{n}": last_look(f"q{n}", 1, exam) for n in range(4)}
    assert store.due(exam - timedelta(days=1)) == []
    for day in (exam - timedelta(days=left) for left in range(14, 0, -1)):
        assert set(names(store.due(day, exam=exam))) == {q for q in looks if looks[q] <= day}


def test_due_recalls_are_those_of_the_due_cards(store, make_entry):
    for n in range(6):
        store.record(make_entry(question=f"q{n}", days=n, score=n % 2))
        store.record(make_entry(question=f"q{n}", days=n + 2))
    for exam in (None, DAY + timedelta(days=16)):
        for day in (DAY + timedelta(days=ahead) for ahead in (3, 6, 12)):
            expected = {(c.question, 1): recall(c.memory, day) for c in store.due(day, exam=exam)}
            assert store.due_recalls(day, exam=exam) == expected


def test_a_remark_that_arrived_before_its_answer_holds(store, make_entry):
    store.record(make_entry("undo", -1, target="late"))
    assert store.record(make_entry(uid="late"))[1].memory is None
    assert store.rebuild() == 0


def test_missed_cards_are_those_last_answered_wrong(store, make_entry):
    store.record(make_entry(question="then", score=0))
    store.record(make_entry(question="now", days=1, score=0.5))
    store.record(make_entry(question="mended", score=0))
    store.record(make_entry(question="mended", days=1))
    assert names(store.missed()) == ["then", "now"]


def test_introduced_counts_first_answers_of_the_day_that_hold(store, make_entry):
    first, _ = store.record(make_entry(question="a"))
    store.record(make_entry(question="b"))
    store.record(make_entry("cram", question="c"))
    assert store.introduced(DAY) == 2
    store.record(make_entry("undo", question="a", target=first.uid))
    assert store.introduced(DAY) == 1
    assert store.introduced(DAY + timedelta(days=1)) == 0


def test_started_is_what_is_scheduled_or_suspended(store, make_entry):
    store.record(make_entry(question="a"))
    store.record(make_entry("cram", question="b"))
    store.record(make_entry("suspend", question="c", meaning=2))
    assert store.started() == {("a", 1), ("c", 2)}


def test_of_two_meanings_the_latest_is_the_questions_card(store, make_entry):
    store.record(make_entry(meaning=2))
    store.record(make_entry(meaning=1, days=1))
    assert store.cards_by_question()["q"].meaning == 2


def test_durations_are_those_of_right_answers_newest_first(store, make_entry):
    store.record(make_entry(duration_ms=100))
    store.record(make_entry(duration_ms=200, days=1, score=0))
    store.record(make_entry(duration_ms=300, days=2))
    store.record(make_entry(duration_ms=400, days=3, hint=True))
    assert store.durations() == [("q", 300), ("q", 100)]
    assert store.durations(limit=1) == [("q", 300)]


def test_a_session_is_stored_with_the_answer(store, path, make_entry):
    item = Item(question="q", seed=7, why="due")
    entry = make_entry(session="s")
    kept = session(queue=(item,), given=(Given(item=item, uid=entry.uid, score=1.0),), total=2)
    store.record(entry, kept)
    with Store.open(path) as again:
        assert again.session("s") == kept


def test_the_open_session_of_a_day_is_found_by_its_options(store):
    store.save_session(session("old", started=datetime(2026, 3, 1, 1, tzinfo=UTC)))
    store.save_session(session("new", started=datetime(2026, 3, 1, 2, tzinfo=UTC)))
    store.save_session(session("over", ended=True, started=datetime(2026, 3, 1, 3, tzinfo=UTC)))
    assert [found.id for found in store.open_sessions()] == ["new", "old"]
    assert store.open_session(QuizOptions(), DAY).id == "new"
    assert store.open_session(QuizOptions(count=5), DAY) is None
    assert store.open_session(QuizOptions(), DAY + timedelta(days=1)) is None


def test_a_session_that_another_version_wrote_is_passed_over(store):
    store.save_session(session())
    store._connection.execute("""UPDATE sessions SET state = '{"id": "s", "shape": "new"}'""")
    assert store.session("s") is None
    assert store.open_sessions() == []


def test_a_setting_can_be_set_changed_and_taken_back(store):
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert store.setting("exam") is None
    store.set_setting("exam", "2027-01-15", at=at)
    # The clock went back.
    store.set_setting("exam", "2027-02-15", at=at - timedelta(days=9))
    assert store.settings() == {"exam": "2027-02-15"}
    store.set_setting("exam", None, at=at)
    assert store.settings() == {}


def test_a_rebuild_mends_cards_and_counts_them(store, make_entry):
    for question in "abc":
        store.record(make_entry(question=question))
    before = store.cards()
    store._connection.execute("UPDATE cards SET lapses = 5 WHERE question = 'a'")
    store._connection.execute("DELETE FROM cards WHERE question = 'b'")
    store._connection.execute(
        "INSERT INTO cards (question, meaning, suspended, leech) VALUES ('stray', 1, 0, 0)"
    )
    assert store.rebuild() == 3
    assert store.cards() == before
    assert store.rebuild() == 0


def test_a_sound_file_has_no_complaints(store, make_entry):
    store.record(make_entry())
    assert store.complaints() == []


def test_a_store_that_another_process_holds_too_long_is_busy(path, make_entry, monkeypatch):
    monkeypatch.setattr(opening, "WAIT_SECONDS", 0.05)
    with Store.open(path) as one, Store.open(path) as other:
        one._connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="store-busy"):
            other.record(make_entry())
        one._connection.execute("ROLLBACK")
        other.record(make_entry())


def test_a_reader_is_not_held_up_by_a_writer(path, make_entry):
    with Store.open(path) as one, Store.open(path) as other:
        one.record(make_entry())
        one._connection.execute("BEGIN IMMEDIATE")
        assert len(other.cards()) == 1


def test_a_full_disk_is_said_so_and_loses_nothing(store, make_entry):
    store.record(make_entry())
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="store-disk-full"):
        store.record(make_entry(days=1, response="x" * 100_000))
    assert len(list(store.log())) == 1
    assert store.rebuild() == 0


def test_an_interruption_rolls_back(store, make_entry, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("prep.store.recording.card_row", interrupt)
    with pytest.raises(KeyboardInterrupt):
        store.record(make_entry())
    monkeypatch.undo()
    assert list(store.log()) == []
    store.record(make_entry())
