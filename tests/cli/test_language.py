"""Which language a run speaks."""

from __future__ import annotations

import pytest

from prep.cli.main import main

CHINESE = "没有设置项"


def chinese(prep, *arguments):
    return CHINESE in prep(*arguments, "config", "colour").err


def test_the_option_wins_over_everything(prep):
    prep("config", "lang", "zh")
    assert not chinese(prep, "--lang", "en")
    assert not chinese(prep, "--lang=en")


def test_the_option_may_follow_the_command(prep):
    assert CHINESE in prep("config", "colour", "--lang", "zh").err


def test_the_setting_wins_over_the_locale(prep, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert chinese(prep)
    prep("config", "lang", "en")
    assert not chinese(prep)
    prep("config", "lang", "--unset")
    assert chinese(prep)


def test_after_the_setting_prep_speaks_chinese(prep):
    assert prep("config", "lang", "zh").out == "lang = zh  (语言：en 或 zh)\n"
    assert prep("--help").out.startswith("用法：prep")


def test_an_imported_language_is_spoken(prep, tmp_path, monkeypatch):
    prep("config", "lang", "zh")
    prep("export", tmp_path / "progress.jsonl")
    monkeypatch.setenv("PREP_HOME", str(tmp_path / "other"))
    assert not chinese(prep)
    prep("import", tmp_path / "progress.jsonl")
    assert chinese(prep)


@pytest.mark.parametrize("locale", ["zh_CN.UTF-8", "zh", "zh_TW", "ZH_cn"])
def test_a_chinese_locale_is_chinese(prep, monkeypatch, locale):
    monkeypatch.setenv("LC_ALL", locale)
    assert chinese(prep)


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "POSIX", "de_DE.UTF-8", "", "zz"])
def test_any_other_locale_is_english(prep, monkeypatch, locale):
    monkeypatch.setenv("LANG", locale)
    assert not chinese(prep)


@pytest.mark.parametrize(
    "call", [["--lang", "fr"], ["--lang=fr", "quiz"], ["quiz", "--lang", "fr"]]
)
def test_an_unknown_language_is_refused_in_the_usual_one(prep, monkeypatch, call):
    assert prep(*call).err == "prep: there is no language 'fr': use --lang en or --lang zh.\n"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    result = prep(*call)
    assert (result.code, result.err) == (
        2,
        "prep: 没有“fr”这种语言：请用 --lang en 或 --lang zh。\n",
    )


def test_a_language_that_is_missing_is_refused(prep):
    assert prep("--lang").err == "prep: there is no language '': use --lang en or --lang zh.\n"


def test_after_two_dashes_nothing_is_an_option(prep):
    assert prep("search", "--", "--lang", "zh").err == ""


def test_the_caller_s_arguments_stay_as_they_are(home):
    arguments = ["--lang", "zh", "--version"]
    assert main(arguments) == 0
    assert arguments == ["--lang", "zh", "--version"]


def test_a_spoilt_language_file_is_passed_over(prep, home):
    home.mkdir()
    (home / "lang").write_bytes(b"\xff\xfe")
    assert not chinese(prep)
