"""What counts as the learner's words among all that is printed in her process."""

from __future__ import annotations

import os
import warnings
from threading import Thread

import pytest

from prep.lab.voice import mute_warnings, voice

HERS = "/scratch/prep-x/sol-1/solution.py"
PROBE = "/scratch/prep-x/sol-1/probe.py"
KERAS = "/v/lib/python3.11/site-packages/keras/src/save.py"
KERAS_TOO = "/v/lib/python3.11/site-packages/keras/src/print.py"
TENSORFLOW = "/v/lib/python3.11/site-packages/tensorflow/lite.py"
STANDARD = "/usr/lib/python3.11/pprint.py"


@pytest.fixture
def said():
    """Return a function: what is heard when files call each other and the last one prints."""

    def run(*files):
        read, write = os.pipe()
        stream = voice(write, "/scratch/prep-x/sol-1")

        def call(rest):
            if not rest:
                stream.write("words\n")
                return
            names = {"call": call, "rest": rest[1:]}
            exec(compile("call(rest)", rest[0], "exec"), names)  # noqa: S102 - frames of these files

        thread = Thread(target=call, args=(files,))  # else pytest's frames would count
        thread.start()
        thread.join()
        stream.close()
        os.close(write)
        with os.fdopen(read) as pipe:
            return pipe.read()

    return run


@pytest.mark.parametrize(
    "files",
    [
        (HERS,),
        (HERS, STANDARD),
        (HERS, KERAS),  # model.summary(): she asked for it
        (HERS, KERAS, KERAS_TOO, STANDARD),
        (TENSORFLOW, KERAS, HERS),  # her layer prints, whoever called it
        (PROBE, HERS),
        (),  # a thread of hers
    ],
)
def test_her_own_words_are_heard(said, files):
    assert said(*files) == "words\n"


@pytest.mark.parametrize(
    "files", [(HERS, TENSORFLOW, KERAS), (PROBE,), (PROBE, KERAS), (HERS, PROBE), (KERAS,)]
)
def test_what_libraries_say_among_themselves_is_not(said, files):
    assert said(*files) == ""


@pytest.mark.parametrize(("file", "heard"), [(HERS, 1), (KERAS, 0), (PROBE, 0)])
def test_a_warning_is_hers_when_its_line_is(file, heard, monkeypatch):
    shown = []
    monkeypatch.setattr(warnings, "showwarning", lambda *args, **_: shown.append(args))
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        mute_warnings("/scratch/prep-x/sol-1")
        warnings.warn_explicit("careful", UserWarning, file, 3)
    assert len(shown) == heard
