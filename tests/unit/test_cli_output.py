"""What strangers wrote meets a terminal."""

import json

import pytest

from app.cli.output import print_error, print_warning, write, write_json

HOSTILE = "a\x1b]0;owned\x07\x9b31m\u202eb"
HARMLESS = "a\ufffd]0;owned\ufffd\ufffd31m\ufffdb"


def test_nothing_that_a_terminal_would_obey_is_written(capsys):
    write(HOSTILE)
    assert capsys.readouterr().out == HARMLESS


@pytest.mark.parametrize("say", [lambda: print_warning(HOSTILE)])
def test_warnings_are_as_harmless(capsys, say):
    say()
    assert capsys.readouterr().err == f"warning: {HARMLESS}\n"


def test_errors_are_as_harmless(capsys):
    print_error("code", HOSTILE, as_json=False)
    assert capsys.readouterr().err == f"error: {HARMLESS}\n"


@pytest.mark.parametrize("text", ["\r█░ 3 %\n\t", "क्‍ष 👩‍💻 naïve\xa0…"])
def test_lines_bars_and_all_languages_stay_as_they_are(capsys, text):
    write(text)
    assert capsys.readouterr().out == text


def test_a_program_reads_every_character_and_a_terminal_obeys_none(capsys):
    write_json(HOSTILE)
    written = capsys.readouterr().out
    assert json.loads(written) == HOSTILE
    assert written.rstrip("\n").isprintable()
