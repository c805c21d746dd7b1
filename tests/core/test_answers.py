from random import Random

from prep.core.answers import answers, events
from prep.model.review import Rating


def test_events_stand_in_the_order_of_their_time(make_entry):
    late, early = make_entry(days=1), make_entry(days=0)
    assert [event.entry for event in events([late, early])] == [early, late]


def test_an_undo_takes_its_target_back(make_entry):
    kept, gone = make_entry(), make_entry(days=1)
    undo = make_entry("undo", 1, target=gone.uid)
    assert [event.entry for event in events([undo, gone, kept])] == [kept]


def test_an_undone_remark_no_longer_rates(make_entry):
    answer = make_entry(score=0.0)
    remark = make_entry("override", target=answer.uid)
    undo = make_entry("undo", target=remark.uid)
    assert events([answer, remark])[0].score == 1.0
    assert events([answer, remark, undo])[0].rating is Rating.AGAIN


def test_a_line_speaks_of_its_own_card_only(make_entry):
    answer = make_entry(score=0.0)
    for stranger in ({"question": "other"}, {"meaning": 2}):
        undo = make_entry("undo", target=answer.uid, **stranger)
        assert [event.entry for event in events([answer, undo])] == [answer]


def test_a_line_about_nothing_known_changes_nothing(make_entry):
    answer = make_entry()
    strays = [make_entry(kind, target="nobody") for kind in ("undo", "override", "guess", "easy")]
    assert events([answer, *strays]) == events([answer])


def test_switches_are_events_but_no_answers(make_entry):
    entries = [make_entry("suspend"), make_entry("cram"), make_entry("mock"), make_entry("resume")]
    assert [answer.kind for answer in answers(entries)] == ["cram", "mock"]
    assert len(events(entries)) == 4


def test_the_order_of_arrival_does_not_matter(make_entry):
    answer = make_entry(score=0.0)
    remarks = [make_entry(kind, 0.1, target=answer.uid) for kind in ("guess", "easy", "override")]
    entries = [answer, *remarks, make_entry("undo", 0.2, target=remarks[0].uid)]
    expected = events(entries)
    for seed in range(20):
        assert events(Random(seed).sample(entries, len(entries))) == expected
